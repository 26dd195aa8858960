// Containers as directories, in which real processes run: what nspawn starts, without nspawn.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasTool, inPrivateMounts } from '../../../crawler/process.ts';
import { requirement } from '../../requirements.ts';
import { startWords, type Running } from '../views/live-setting.ts';

export const testWithMachines = requirement(
  'root with busybox',
  inPrivateMounts().length > 0 && hasTool('busybox'),
  'it starts a container',
);

const SCRIPT =
  'mount --bind "$1" "$1"; ip link set lo up; cd "$1"; exec chroot "$1" /bin/sh -c "echo ready; $2 & read -r _"';
const NAMESPACES = ['--mount', '--propagation', 'private', '--net', '--pid', '--fork', '--kill-child'];

/** Makes a directory with an operating system in it, named after the directory. */
export function makeMachine(directory: string): void {
  for (const name of ['usr/lib', 'bin', 'dev']) mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, 'usr/lib/os-release'), `ID=${basename(directory)}\n`);
  writeFileSync(join(directory, 'dev/null'), '');
  const busybox = execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();
  copyFileSync(busybox, join(directory, 'bin/busybox'));
  symlinkSync('busybox', join(directory, 'bin/sh'));
}

/** Starts a command in such a directory, which is locked meanwhile as nspawn does it. */
export async function startMachine(directory: string, command: string): Promise<Running> {
  const lock = join(dirname(directory), `.#${basename(directory)}.lck`);
  const running = await startWords([
    'unshare',
    ...NAMESPACES,
    '--',
    ...['sh', '-ec', SCRIPT, 'sh', directory, command],
  ]);
  writeFileSync(lock, '');
  return {
    ...running,
    async end() {
      await running.end();
      rmSync(lock);
    },
  };
}
