// Real processes in namespaces of their own.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { hasTool } from '../../../crawler/process.ts';
import { requirement } from '../../requirements.ts';

const SERVICES = join(import.meta.dirname, 'services-child.ts');
const NEW_NAMESPACES = ['--net', '--pid', '--fork', '--mount-proc', '--kill-child'];

const mayUnshare =
  hasTool('ss') && spawnSync('unshare', [...NEW_NAMESPACES, 'ip', 'link', 'set', 'lo', 'up']).status === 0;

export const testWithNamespaces = requirement('root with ss and ip', mayUnshare, 'it makes namespaces');

/** A program that runs until the test ends it. */
export interface Running {
  readonly child: ChildProcess;
  /** The process that says `ready`. */
  readonly pid: number;
  end(): Promise<void>;
}

/** Starts words that print `ready` on stdout, and end when their input does. */
export async function startWords([command = '', ...args]: readonly string[]): Promise<Running> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(([code]) => {
      throw new Error(`${command} ended with ${String(code)}`);
    }),
  ]);
  return {
    child,
    pid: innermost(child.pid ?? 0),
    async end() {
      child.stdin.end();
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function innermost(pid: number): number {
  const [child] = execFileSync('cat', [`/proc/${pid}/task/${pid}/children`], { encoding: 'utf8' })
    .trim()
    .split(' ');
  return child ? innermost(Number(child)) : pid;
}

/** Starts services (services-child.ts) in namespaces of their own, after a shell script has set up the network. */
export function startServices(asked: object, script = 'ip link set lo up'): Promise<Running> {
  const node = [process.execPath, SERVICES, JSON.stringify(asked)];
  return startWords([
    'unshare',
    ...NEW_NAMESPACES,
    '--',
    'sh',
    '-ec',
    `ulimit -n "$(ulimit -H -n)"; ${script}\nexec "$@"`,
    'sh',
    ...node,
  ]);
}

/** Runs a command of this machine in the network namespace of a process. */
export function inNetworkOf(pid: number, command: string, ...args: readonly string[]): string {
  return execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, command, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
}

/** The number of the network namespace of a process. */
export function namespaceOf(pid: number): string {
  return /\d+/.exec(execFileSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' }))?.[0] ?? '';
}
