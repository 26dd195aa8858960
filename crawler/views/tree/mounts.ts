// Which other file systems are mounted below a directory, and a read-only window onto one without them.
import { readFileSync } from 'node:fs';
import { run } from '../../process.ts';
import { nameText } from './names.ts';

/** A line of mountinfo. `point` is a string of bytes (names.ts), `options` are those of this mount. */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  readonly point: string;
  readonly options: readonly string[];
  readonly fstype: string;
  readonly source: string;
}

const decoded = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Parses /proc/PID/mountinfo (read as latin1); see proc_pid_mountinfo(5). */
export function parseMountinfo(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => line.includes(' - '))
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ', 2);
      const [id, parent, , , point = '', options = ''] = before.split(' ');
      const [fstype = '', source = ''] = after.split(' ');
      return {
        id: Number(id),
        parent: Number(parent),
        point: decoded(point),
        options: options.split(','),
        fstype: decoded(fstype),
        source: decoded(source),
      };
    });
}

/** The mounts of this process. */
export function currentMounts(): Mount[] {
  return parseMountinfo(readFileSync('/proc/self/mountinfo', 'latin1'));
}

/** The mount that an open descriptor is on. */
export function mountIdOf(fd: number): number {
  const match = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
  return Number(match?.[1]);
}

/**
 * What is mounted below a directory of the mount `rootId`, by path relative to it (`/proc`). Mounts that another one
 * hides are not among them.
 */
export function mountsBelow(mounts: readonly Mount[], rootId: number, directory: string): Map<string, Mount> {
  const prefix = directory === '/' ? '/' : `${directory}/`;
  const children = Map.groupBy(mounts, ({ parent }) => parent);
  const below = new Map<string, Mount>();
  const reachable = [...(children.get(rootId) ?? [])].filter(({ id }) => id !== rootId);
  for (const mount of reachable) {
    if (!mount.point.startsWith(prefix) || mount.point === directory) continue;
    below.set(`/${mount.point.slice(prefix.length)}`, mount);
    reachable.push(...(children.get(mount.id) ?? []));
  }
  return new Map([...below].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** For people: file system type and source, without the credentials that some sources carry. */
export function describeMount(mount: Mount): string {
  return nameText(`${mount.fstype} ${mount.source.replace(/\/\/[^/@]*@/, '//')}`);
}

const TIMEOUT_MS = 30_000;

/**
 * Shows a directory at `window` (an existing folder), read-only, without access times, devices and submounts. Only in a
 * private mount namespace. Returns what ends it; rejects where the kernel refuses.
 */
export async function mountReadOnly(
  directory: string,
  window: string,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  await mountTool('mount', ['--bind', '--', directory, window], signal);
  const release = (): Promise<void> => mountTool('umount', ['--lazy', '--', window]);
  try {
    const options = 'remount,bind,ro,noatime,nodev,nosuid,noexec';
    await mountTool('mount', ['-o', options, '--', window], signal);
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

async function mountTool(command: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  // Without -n the tools keep notes in /run.
  const { exitCode, stderr } = await run(command, ['-n', ...args], {
    timeoutMs: TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${stderr.trim()}`);
}
