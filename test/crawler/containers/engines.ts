// Real engines for tests, started by hand (engines.sh) in namespaces of their own.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { hasTool, inPrivateMounts } from '../../../crawler/process.ts';
import { requirement } from '../../requirements.ts';
import { startWords, type Running } from '../views/live-setting.ts';

const TOOLS = ['podman', 'runc', 'busybox', 'getfattr', 'ip'];
const NAMESPACES = [
  '--net',
  '--mount',
  '--propagation',
  'private',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];

const missing = TOOLS.filter((tool) => !hasTool(tool) && !hasTool(`/usr/sbin/${tool}`));
const mayStart =
  missing.length === 0 &&
  inPrivateMounts().length > 0 &&
  spawnSync('unshare', [...NAMESPACES, 'true']).status === 0;

export const testWithPodman = requirement(
  'root with podman',
  mayStart,
  missing.length > 0 ? `without ${missing.join(', ')} there are no containers` : 'it starts containers',
);
export const testWithDocker = requirement(
  'root with docker',
  mayStart && hasTool('/usr/sbin/dockerd') && hasTool('/usr/bin/docker'),
  'it starts containers',
);

const mayStartContainerd = mayStart && hasTool('containerd') && hasTool('ctr');
export const testWithContainerd = requirement(
  'root with containerd',
  mayStartContainerd,
  'it starts containers, and its client comes with it',
);

/** Starts containerd below a folder with `image.tar`; null where this machine cannot. */
export async function startContainerd(folder: string): Promise<Running | null> {
  return mayStartContainerd ? startEngines(folder, 'containerd.sh') : null;
}

/** Starts the engines below an empty folder; null where this machine cannot. */
export async function startEngines(folder: string, script = 'engines.sh'): Promise<Running | null> {
  if (!mayStart) return null;
  return startWords(['unshare', ...NAMESPACES, '--', 'bash', join(import.meta.dirname, script), folder]);
}

/** Has the engines do something: a command line of their shell. */
export async function tellEngines({ child }: Running, command: string): Promise<void> {
  if (child.stdin === null || child.stdout === null) throw new Error('nobody listens');
  child.stdin.write(`${command}\n`);
  await once(child.stdout, 'data');
}
