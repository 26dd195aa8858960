// How fast live state is read, against ps and ss in the same run: node bench/live.ts
// Processes and sockets are this machine's, and more that sleep or listen, so that there is something to read.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readLive, WHOLE_MACHINE } from '../crawler/views/live/live-reader.ts';
import type { LiveVisitor } from '../crawler/views/live/live-state.ts';
import { ProcFolder } from '../crawler/views/live/proc-folder.ts';
import type { Report } from '../crawler/views/view.ts';

const SLEEPERS = 400;
const ROUNDS = 9;
/** Each holds some sockets, as services do. */
const SLEEPER = `
  const { createServer } = require('node:net');
  for (let n = 0; n < 100; n++) createServer().listen(0, '127.0.0.1');
  const { spawn } = require('node:child_process');
  for (let n = 0; n < ${SLEEPERS}; n++) spawn('sleep', ['1000'], { argv0: 'postgres: writer 10.20.30.40' }).on('error', () => undefined);
  setTimeout(() => console.log('ready'), 500);
  process.stdin.resume().on('end', () => process.exit());`;

async function read(): Promise<{ ms: number; processes: number; sockets: number }> {
  let processes = 0;
  let sockets = 0;
  const visitor: LiveVisitor = {
    process: () => (processes += 1),
    connection: () => (sockets += 1),
    interface: () => undefined,
  };
  const report: Report = { problem: () => undefined, leftOut: () => undefined };
  const start = performance.now();
  const proc = ProcFolder.open('/proc');
  await readLive(proc, WHOLE_MACHINE, visitor, report, new AbortController().signal);
  proc.close();
  return { ms: performance.now() - start, processes, sockets };
}

function timed(command: string, ...args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}`);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, '-e', SLEEPER], {
  stdio: ['pipe', 'pipe', 'inherit'],
  detached: true,
});
try {
  await once(child.stdout, 'data');
  await read();
  const rounds: { ms: number; processes: number; sockets: number; ps: number; ss: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      ...(await read()),
      ps: timed('ps', '-ww', '-eo', 'pid,ppid,user,lstart,nlwp,rss,cgroup,args'),
      ss: timed('ss', '-Htuanp'),
    });
  const ms = median(rounds.map((round) => round.ms));
  const tools = median(rounds.map((round) => round.ps + round.ss));
  const { processes = 0, sockets = 0 } = rounds.at(-1) ?? {};
  console.log(`${processes} processes, ${sockets} sockets, medians of ${ROUNDS}`.padEnd(60), 'goal');
  console.log(`per 100 processes: ${((ms / processes) * 100).toFixed(1)} ms`.padEnd(60), '<= 60 ms');
  console.log(`live / (ps + ss): ${ms.toFixed(0)} ms / ${tools.toFixed(0)} ms = ${(ms / tools).toFixed(2)}`);
} finally {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}
