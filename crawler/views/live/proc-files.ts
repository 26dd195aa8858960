// Parses what /proc says of one process; see proc_pid_stat(5) and its neighbours. Texts are strings of bytes (latin1).

/** /proc/PID/stat: what identifies a process, and what it is doing. */
export interface Stat {
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly kernelThread: boolean;
  readonly threads: number;
  /** Clock ticks since boot. With the process id it names a process for good. */
  readonly startTicks: number;
}

/** A clock tick, as the kernel tells it to programs on every architecture that Node runs on. */
export const TICK_MS = 10;

const KERNEL_THREAD = 0x0020_0000;
/** The kernel's own worker threads carry what they work on in their name. */
const WORKER = /^(kworker\/[^-+]*)[-+].*$/s;

/** null where the text is cut. The name is the process's own choice: it may hold parentheses, blanks and line ends. */
export function parseStat(text: string): Stat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const [state = '', parent] = fields;
  const startTicks = Number(fields[19]);
  if (open < 0 || close < open || !Number.isFinite(startTicks) || state === '') return null;
  const kernelThread = (Number(fields[6]) & KERNEL_THREAD) !== 0;
  const name = text.slice(open + 1, close);
  return {
    name: kernelThread ? name.replace(WORKER, '$1') : name,
    state,
    parent: Number(parent),
    kernelThread,
    threads: Number(fields[17]),
    startTicks,
  };
}

/** /proc/PID/status: what only stands there. */
export interface Status {
  readonly uid?: number;
  /** The process id in the innermost namespace. */
  readonly vpid?: number;
  readonly rssBytes: number;
}

/** The kernel escapes line ends in the name, so that each line is what it says. */
export function parseStatus(text: string): Status {
  const uid = /^Uid:\s*\d+\s+(\d+)/m.exec(text)?.[1];
  const vpid = /^NSpid:.*?(\d+)\s*$/m.exec(text)?.[1];
  const rss = /^VmRSS:\s*(\d+) kB/m.exec(text)?.[1];
  return {
    ...(uid === undefined ? {} : { uid: Number(uid) }),
    ...(vpid === undefined ? {} : { vpid: Number(vpid) }),
    rssBytes: Number(rss ?? 0) * 1024,
  };
}

/** /proc/PID/cmdline: each argument ends with a zero; a process that wrote over them may leave one text and many zeros. */
export function parseArguments(text: string): string[] {
  const args = text.replace(/\0+$/, '');
  return args === '' ? [] : args.split('\0');
}

/** /proc/PID/cgroup: the path in the unified hierarchy, else in systemd's, else the longest. */
export function parseCgroup(text: string): string | undefined {
  const paths = text
    .split('\n')
    .map((line) => /^(\d+):([^:]*):(\/.*)$/s.exec(line))
    .flatMap((match) => (match === null || match[3] === '/' ? [] : [match]));
  const unified =
    paths.find((match) => match[1] === '0') ?? paths.find((match) => match[2] === 'name=systemd');
  const longest = paths.reduce(
    (best, match) => ((match[3] ?? '').length > best.length ? (match[3] ?? '') : best),
    '',
  );
  return unified?.[3] ?? (longest === '' ? undefined : longest);
}

/** /proc/PID/uid_map: the user a namespace knows by another number; undefined where it does not know them. */
export function insideUser(uidMap: string, uid: number): number | undefined {
  for (const line of uidMap.split('\n')) {
    const [inside, outside, count] = line.trim().split(/\s+/).map(Number);
    if (inside === undefined || outside === undefined || count === undefined) continue;
    if (uid >= outside && uid < outside + count) return inside + uid - outside;
  }
  return undefined;
}

/** When the machine was booted, in milliseconds since the epoch, of /proc/stat. */
export function parseBootTime(text: string): number {
  return Number(/^btime (\d+)$/m.exec(text)?.[1] ?? 0) * 1000;
}
