// One node: a process of ours, remembered with its start time, because a pid alone is given to another process sooner or later.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { UnfoldError } from '../../schemas/error.ts';
import type { Server } from './server.ts';

/** How a node is started. */
export interface NodeSetting {
  readonly name: string;
  /** Gets data/, logs/, what the node prints, and what is remembered of its process. */
  readonly folder: string;
  readonly port: number;
  readonly heapMegabytes: number;
  /** The node ends with this process. */
  readonly owner: number | null;
  /** Elasticsearch's own, beyond name, folders and ports. */
  readonly settings: Readonly<Record<string, string>>;
}

interface Remembered {
  pid: number;
  started: string;
}

/** Nodes speak to each other on a port this much above that of HTTP. */
const TRANSPORT_DISTANCE = 100;
const STOP_MS = 30_000;
const PAUSE_MS = 50;

/** Where other nodes reach one. */
export function transportAddress(port: number): string {
  return `127.0.0.1:${port + TRANSPORT_DISTANCE}`;
}

/** Where a client reaches one. */
export function httpAddress(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** A port from which on as many nodes find theirs free: below those that systems give to clients. */
export async function freePort(nodes: number): Promise<number> {
  for (;;) {
    const first = randomInt(20_000, 32_000);
    const wanted = Array.from({ length: nodes }, (_, index) => portsOf(first + index)).flat();
    const taken = await Promise.all(wanted.map(isTaken));
    if (!taken.includes(true)) return first;
  }
}

function portsOf(port: number): number[] {
  return [port, port + TRANSPORT_DISTANCE];
}

/** Starts a node that does not run, without waiting for it. Throws UNFOLD_USAGE where a port of it is taken. */
export async function startNode(node: NodeSetting, { java, home }: Server): Promise<void> {
  for (const port of portsOf(node.port))
    if (await isTaken(port))
      throw new UnfoldError('UNFOLD_USAGE', `Another process listens on port ${port}.`, {
        remedy: 'Choose another port with --port, or end that process.',
      });
  const scratch = join(node.folder, 'tmp');
  mkdirSync(scratch, { recursive: true });
  const heap = `${node.heapMegabytes}m`;
  const settings = {
    'path.home': home,
    'path.data': join(node.folder, 'data'),
    'path.logs': join(node.folder, 'logs'),
    'network.host': '127.0.0.1',
    'http.port': String(node.port),
    'transport.port': String(node.port + TRANSPORT_DISTANCE),
    ...node.settings,
  };
  const output = openSync(outputFile(node.folder), 'w', 0o600);
  const child = spawn(
    java,
    [
      `-Xms${heap}`,
      `-Xmx${heap}`,
      '-XX:+ExitOnOutOfMemoryError',
      `-Djava.io.tmpdir=${scratch}`,
      ...(node.owner === null ? [] : [`-Downer=${node.owner}`]),
      ...['-cp', [join(home, 'classes'), join(home, 'lib/*')].join(':'), 'Launcher', node.name],
      ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
    ],
    { cwd: node.folder, detached: true, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  child.unref();
  const started = child.pid === undefined ? null : startTime(child.pid);
  if (child.pid !== undefined && started !== null)
    writeFileSync(rememberedFile(node.folder), JSON.stringify({ pid: child.pid, started }));
}

/** The pid of the node that runs from a folder; null where none does. */
export function runningNode(folder: string): number | null {
  if (!existsSync(rememberedFile(folder))) return null;
  const { pid, started } = JSON.parse(readFileSync(rememberedFile(folder), 'utf8')) as Remembered;
  return startTime(pid) === started ? pid : null;
}

/** Ends the node of a folder and waits until it is gone; idempotent. What does not end when asked is killed. */
export async function stopNode(folder: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  const pid = runningNode(folder);
  if (pid !== null) process.kill(pid, signal);
  for (let waited = 0; runningNode(folder) !== null; waited += PAUSE_MS) {
    if (waited === STOP_MS && pid !== null) process.kill(pid, 'SIGKILL');
    await setTimeout(PAUSE_MS);
  }
  rmSync(rememberedFile(folder), { force: true });
}

/** The last words of a node. */
export function lastWords(folder: string): string {
  return readFileSync(outputFile(folder), 'utf8').trim().split('\n').slice(-12).join('\n');
}

function outputFile(folder: string): string {
  return join(folder, 'output.log');
}

function rememberedFile(folder: string): string {
  return join(folder, 'process.json');
}

/** Clock ticks from boot to the start of a process; null where it is no more. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Behind the program's name, which may hold anything: the state first, the start as the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
