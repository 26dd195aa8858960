// Containers of docker on this machine: docker:, or docker:DATA-FOLDER for the folder of one daemon.
import { join } from 'node:path';
import { containerSource } from '../views/container/container-source.ts';
import { textAt } from '../views/container/container-record.ts';
import { dockerContainers } from '../views/container/docker-storage.ts';
import { engineJson, engineSocket } from '../views/container/engine-files.ts';

const CONFIGURATION = '/etc/docker/daemon.json';
const DATA = '/var/lib/docker';
const SOCKET = '/var/run/docker.sock';

/** The data folder that the daemon's configuration names, or the default one. */
export const docker = containerSource({
  name: 'docker',
  defaultRoots: () => [textAt(engineJson(CONFIGURATION), 'data-root') ?? DATA],
  containers: (root) => Promise.resolve().then(() => dockerContainers(root)),
  pausing: () => ['docker'],
  signs: (root) => ({ folders: [join(root, 'containers')], sockets: engineSocket('DOCKER_HOST', SOCKET) }),
});
