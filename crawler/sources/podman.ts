// Containers of podman on this machine: podman:, or podman:STORAGE for one storage folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerSource } from '../views/container/container-source.ts';
import { engineSocket, engineText } from '../views/container/engine-files.ts';
import { podmanContainers } from '../views/container/podman-storage.ts';

const SYSTEM_STORAGE = '/var/lib/containers/storage';
const SOCKET = '/run/podman/podman.sock';
const CONFIGURATIONS = ['/etc/containers/storage.conf', '/usr/share/containers/storage.conf'];
const ROOTLESS_STORAGE = '.local/share/containers/storage';

/** The system's storage and that of each user, where they are. */
export const podman = containerSource({
  name: 'podman',
  defaultRoots: () => [...new Set([systemStorage(), ...homes().map((home) => join(home, ROOTLESS_STORAGE))])],
  containers: podmanContainers,
  pausing: (root) => ['podman', '--root', root],
  signs: (root) => ({
    folders: ['overlay-containers', 'vfs-containers', 'libpod'].map((name) => join(root, name)),
    sockets: engineSocket('CONTAINER_HOST', SOCKET),
  }),
});

function systemStorage(): string {
  for (const path of CONFIGURATIONS) {
    const graphRoot = /^\s*graphroot\s*=\s*"([^"]+)"/m.exec(engineText(path) ?? '')?.[1];
    if (graphRoot !== undefined) return graphRoot;
  }
  return SYSTEM_STORAGE;
}

/** Of the users that /etc/passwd names. */
function homes(): string[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(':')[5] ?? [])
    .filter((home) => home.startsWith('/'));
}
