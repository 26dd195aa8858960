// Containers of systemd-nspawn on this machine: nspawn:, or nspawn:FOLDER for the directories of another folder.
import { join } from 'node:path';
import { containerSource } from '../views/container/container-source.ts';
import { directoryContainer, foldersIn } from '../views/container/directory-containers.ts';
import { isThere } from '../views/container/engine-files.ts';

const MACHINES = '/var/lib/machines';

/** Directories with an operating system in them, as nspawn itself asks for. */
export const nspawn = containerSource({
  name: 'nspawn',
  defaultRoots: () => [MACHINES],
  containers: (root) =>
    Promise.resolve().then(
      () =>
        foldersIn(root)
          ?.map((name) => join(root, name))
          .filter((folder) =>
            ['etc/os-release', 'usr/lib/os-release', 'usr'].some((path) => isThere(join(folder, path))),
          )
          .map((folder) => directoryContainer(folder.slice(folder.lastIndexOf('/') + 1), folder)) ?? null,
    ),
  signs: (root) => ({ folders: [root], sockets: [] }),
});
