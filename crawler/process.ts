// The only place that starts processes: bounded in time and output, and never outliving this one.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa, type ResultPromise, type Subprocess } from 'execa';
import { UnfoldError } from '../schemas/error.ts';

/** What `run` hands back. `stdout` are the bytes as written; `stderr` is text for messages. */
export interface Finished {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Bounds and input of one `run`. `maxBytes` limits each of stdout and stderr (default 64 MiB). */
export interface RunOptions {
  readonly timeoutMs: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  readonly input?: string | Buffer;
  readonly env?: Record<string, string>;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** True where the command is a file on the PATH (or a path) that may be executed. */
export function hasTool(command: string): boolean {
  const candidates = command.includes('/')
    ? [command]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder || '.', command));
  return candidates.some((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

let deathSignal: readonly string[] | undefined;

/** Words to put before a command so that the kernel ends it with this process; none where setpriv cannot. */
function endsWithUs(): readonly string[] {
  deathSignal ??=
    spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], { stdio: 'ignore' }).status === 0
      ? ['setpriv', '--pdeathsig', 'KILL', '--']
      : [];
  return deathSignal;
}

let privateMounts: readonly string[] | undefined;

/**
 * Words to put before a command so that it may mount without anybody else seeing it; none where the user may not
 * (an ordinary user, or a container without the right).
 */
export function inPrivateMounts(): readonly string[] {
  const words = ['unshare', '--mount', '--propagation', 'private', '--'];
  privateMounts ??=
    process.getuid?.() === 0 &&
    spawnSync('unshare', [...words.slice(1), 'true'], { stdio: 'ignore' }).status === 0
      ? words
      : [];
  return privateMounts;
}

/** Ends a child of `start` and everything in its process group. Does nothing once it has ended. */
export function endGroup(child: { readonly pid?: number | undefined }): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** The words that run a command so that it ends with this process. Throws UNFOLD_TOOL_MISSING where it is absent. */
function wordsFor(command: string, args: readonly string[]): [string, string[]] {
  if (!hasTool(command)) throw new UnfoldError('UNFOLD_TOOL_MISSING', `${command} is not installed`);
  const [file = command, ...words] = [...endsWithUs(), command, ...args];
  return [file, words];
}

/** Ends the child's group on abort. */
function endOnAbort(
  child: Pick<Subprocess, 'nodeChildProcess' | 'pid'>,
  signal: AbortSignal | undefined,
): void {
  const abort = (): void => endGroup(child);
  signal?.addEventListener('abort', abort, { once: true });
  child.nodeChildProcess.once('exit', () => signal?.removeEventListener('abort', abort));
}

/** How `start` runs a child. */
export interface LongLived {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly detached: true;
  readonly reject: false;
  readonly buffer: false;
  readonly stdin: 'pipe';
}

/**
 * Starts a long-lived child, its three streams as pipes, in a process group of its own (end it with `endGroup`). The
 * promise resolves, whatever the exit code. An abort ends the group; the kernel ends the child with this process.
 * Throws UNFOLD_TOOL_MISSING where the command is absent.
 */
export function start(
  command: string,
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string; readonly signal?: AbortSignal },
): ResultPromise<LongLived> {
  const { signal, ...rest } = options;
  signal?.throwIfAborted();
  const how: LongLived = { ...rest, detached: true, reject: false, buffer: false, stdin: 'pipe' };
  const child = execa(...wordsFor(command, args), how);
  endOnAbort(child, signal);
  return child;
}

/**
 * Starts a child that is to outlive this process, however that ends: its input ends with this process, and then it does
 * what is left to do. Throws UNFOLD_TOOL_MISSING where the command is absent.
 */
export function startGuard(command: string, args: readonly string[]): ResultPromise<LongLived> {
  if (!hasTool(command)) throw new UnfoldError('UNFOLD_TOOL_MISSING', `${command} is not installed`);
  const how: LongLived = { detached: true, reject: false, buffer: false, stdin: 'pipe' };
  return execa(command, args, how);
}

/**
 * Runs a command to its end. An exit code other than 0 is a result, not an error. Rejects with the signal's reason on
 * abort, UNFOLD_TOOL_MISSING where the command is absent, UNFOLD_CRAWL_TIMEOUT or UNFOLD_TOO_LARGE beyond a bound; the
 * whole process group is gone then.
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { signal, input } = options;
  signal?.throwIfAborted();
  const child = execa(...wordsFor(command, args), {
    detached: true,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: options.maxBytes ?? DEFAULT_MAX_BYTES,
    env: { LC_ALL: 'C', ...options.env },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  endOnAbort(child, signal);
  const deadline = AbortSignal.timeout(options.timeoutMs);
  endOnAbort(child, deadline);
  const result = await child;
  signal?.throwIfAborted();
  if (deadline.aborted) {
    throw new UnfoldError(
      'UNFOLD_CRAWL_TIMEOUT',
      `${command} took longer than ${options.timeoutMs / 1000} s`,
    );
  }
  if (result.isMaxBuffer) {
    endGroup(child);
    throw new UnfoldError('UNFOLD_TOO_LARGE', `${command} wrote more than was expected of it`);
  }
  return {
    stdout: Buffer.from(result.stdout),
    stderr: Buffer.from(result.stderr).toString(),
    exitCode: result.exitCode ?? 128,
  };
}
