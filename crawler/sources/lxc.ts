// Containers of LXC on this machine: lxc:, or lxc:FOLDER for those of another folder.
import { join } from 'node:path';
import { containerSource } from '../views/container/container-source.ts';
import { foldersIn, lxcContainer } from '../views/container/directory-containers.ts';
import { engineText } from '../views/container/engine-files.ts';

const CONTAINERS = '/var/lib/lxc';

/** Folders with a configuration, and a directory as their root. */
export const lxc = containerSource({
  name: 'lxc',
  defaultRoots: () => [CONTAINERS],
  containers: (root) =>
    Promise.resolve().then(
      () =>
        foldersIn(root)?.flatMap((name) => {
          const configuration = engineText(join(root, name, 'config'));
          return configuration === null ? [] : (lxcContainer(root, name, configuration) ?? []);
        }) ?? null,
    ),
  signs: (root) => ({ folders: [root], sockets: [] }),
});
