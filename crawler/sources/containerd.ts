// Containers of containerd on this machine: containerd:, or containerd:ROOT-FOLDER for the folder of one daemon.
import { join } from 'node:path';
import { containerSource } from '../views/container/container-source.ts';
import { containerdContainers } from '../views/container/containerd-storage.ts';
import { engineText } from '../views/container/engine-files.ts';

const CONFIGURATION = '/etc/containerd/config.toml';
const DATA = ['/var/lib/containerd', '/var/lib/rancher/k3s/agent/containerd'];
/** Where runtimes note their tasks, a folder per namespace. */
const TASKS = '/run/containerd/io.containerd.runtime.v2.task';

/** The root folder that the daemon's configuration names, or the usual ones, that of k3s among them. */
export const containerd = containerSource({
  name: 'containerd',
  defaultRoots() {
    const stated = /^\s*root\s*=\s*["']([^"']+)["']/m.exec(engineText(CONFIGURATION) ?? '')?.[1];
    return stated === undefined ? DATA : [stated];
  },
  containers: (root) => Promise.resolve().then(() => containerdContainers(root)),
  signs: (root) => ({
    folders: [
      join(root, 'io.containerd.snapshotter.v1.overlayfs/snapshots'),
      ...['default', 'k8s.io', 'moby'].map((namespace) => join(TASKS, namespace)),
    ],
    sockets: [],
  }),
});
