// Containers of Incus and LXD on this machine: incus:, or incus:FOLDER for another data folder. Storage of kind dir.
import { join } from 'node:path';
import { parse } from 'yaml';
import { containerSource } from '../views/container/container-source.ts';
import {
  imageOf,
  objectAt,
  textAt,
  textsAt,
  type ContainerRecord,
} from '../views/container/container-record.ts';
import { directoryContainer, foldersIn, isFolder } from '../views/container/directory-containers.ts';
import { engineText } from '../views/container/engine-files.ts';

const DATA = ['/var/lib/incus', '/var/lib/lxd', '/var/snap/lxd/common/lxd'];
const LABEL = 'user.';

/** Of every storage pool. A pool of another kind is empty until Incus mounts it. */
export const incus = containerSource({
  name: 'incus',
  defaultRoots: () => DATA,
  containers: (root) =>
    Promise.resolve().then(
      () =>
        foldersIn(join(root, 'storage-pools'))?.flatMap((pool) => {
          const folder = join(root, 'storage-pools', pool, 'containers');
          return (foldersIn(folder) ?? []).flatMap((name) => containerIn(join(folder, name), name));
        }) ?? null,
    ),
  signs: (root) => ({ folders: [join(root, 'containers')], sockets: [] }),
});

function containerIn(folder: string, name: string): ContainerRecord[] {
  const directory = join(folder, 'rootfs');
  if (!isFolder(directory)) return [];
  const backup = backupOf(engineText(join(folder, 'backup.yaml')) ?? '');
  const about =
    Object.keys(objectAt(backup, 'container')).length > 0
      ? objectAt(backup, 'container')
      : objectAt(backup, 'instance');
  const config = { ...textsAt(about, 'config'), ...textsAt(about, 'expanded_config') };
  const devices = Object.values({ ...objectAt(about, 'devices'), ...objectAt(about, 'expanded_devices') });
  return [
    directoryContainer(name, directory, {
      name: textAt(about, 'name') ?? name,
      labels: Object.fromEntries(
        Object.entries(config).flatMap(([key, value]) =>
          key.startsWith(LABEL) ? [[key.slice(LABEL.length), value]] : [],
        ),
      ),
      image: imageOf({
        name: config['image.description'],
        id: config['volatile.base_image'],
        digest: undefined,
      }),
      ip: devices
        .flatMap((device) => [textAt(device, 'ipv4.address'), textAt(device, 'ipv6.address')])
        .filter((ip) => ip !== undefined),
      mounts: devices.flatMap((device) => {
        const [path, source] = [textAt(device, 'path'), textAt(device, 'source')];
        return path === undefined || source === undefined ? [] : [{ path, source }];
      }),
    }),
  ];
}

/** What Incus keeps beside the container; a damaged one tells nothing, and the files are there. */
function backupOf(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch {
    return {};
  }
}
