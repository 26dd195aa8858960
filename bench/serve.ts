// The API over a simulated fleet: what serving adds to the engine, and how many address lookups a second it answers.
// Run: node bench/serve.ts [--systems N] [--files N] [--data FOLDER]
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { openEmbedded } from '../indexer/engines/embedded/engine.ts';
import { search } from '../query/search.ts';
import { NO_SIGNAL, stream } from './fleet/engine.ts';
import { median, quantile, report } from './fleet/figures.ts';
import { Fleet } from './fleet/fleet.ts';
import { fleetOptions } from './fleet/options.ts';
import { questionsFor, spread } from './fleet/questions.ts';

const ROUNDS = 3;
const CLIENTS = 50;
const QUESTIONS_PER_ROUND = 1500;
const NEVER_STALE = 1_000_000;

const options = fleetOptions({ systems: 1000, files: 300 });
const fleet = new Fleet(options);
const { own, shared, words } = questionsFor(fleet);
const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-'));
const data = options.data ?? join(folder, 'data');

async function fill(): Promise<void> {
  const engine = openEmbedded(data, 'write');
  for (let system = 0; system < options.systems; system++)
    await engine.apply(stream(fleet.frame(system, 0)), NO_SIGNAL);
  await engine.close();
}

/** Asks `ask` as so many clients would, each its next question when it has its answer; milliseconds of each answer. */
async function asked(
  questions: readonly string[],
  clients: number,
  ask: (question: string) => Promise<unknown>,
): Promise<{ times: number[]; seconds: number }> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (next < QUESTIONS_PER_ROUND) {
      const question = questions[next++ % questions.length] ?? '';
      const begun = performance.now();
      await ask(question);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { times, seconds: (performance.now() - started) / 1000 };
}

async function fetched(url: string, agent: Agent): Promise<void> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode ?? ''}`);
}

function startServer(): ChildProcessByStdio<null, null, Readable> {
  const configuration = join(folder, 'unfold.yaml');
  writeFileSync(configuration, `coverage: { staleAfterHours: ${NEVER_STALE} }\n`);
  const serve = ['serve', '--listen', '127.0.0.1:0', '--log', 'error', '--requests', '1000000'];
  const unfold = join(import.meta.dirname, '../cli/unfold');
  return spawn(unfold, ['--config', configuration, '--data', data, ...serve], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
}

async function addressOf(server: ChildProcessByStdio<null, null, Readable>): Promise<string> {
  const [line] = (await once(server.stderr.setEncoding('utf8'), 'data')) as [string];
  const base = /http:\S+/.exec(line)?.[0];
  if (base === undefined) throw new Error(line);
  return base;
}

let server: ReturnType<typeof startServer> | undefined;
try {
  await fill();
  const engine = openEmbedded(data, 'read');
  server = startServer();
  const base = await addressOf(server);
  const facets = (['kind', 'os', 'package', 'directory', 'feature'] as const).map((field) => ({
    field,
    size: 10,
  }));
  const direct = (query: string) =>
    search(engine, query, {
      at: null,
      limit: 20,
      evidence: 3,
      cursor: null,
      facets,
      staleAfterHours: NEVER_STALE,
      signal: NO_SIGNAL,
    });
  const served = async (path: string, questions: readonly string[]) => {
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    const fetchOne = (question: string) => fetched(`${base}${path}${encodeURIComponent(question)}`, agent);
    try {
      return await asked(questions, CLIENTS, fetchOne);
    } finally {
      agent.destroy();
    }
  };
  const mixed = [...spread(own, 60), ...spread(shared, 20), ...spread(words, 20)];
  const rounds: { alone: number; together: number; overHttp: number; lookups: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const alone = quantile((await asked(mixed, 1, direct)).times, 0.95);
    const together = quantile((await asked(mixed, CLIENTS, direct)).times, 0.95);
    const overHttp = quantile((await served('/v1/search?q=', mixed)).times, 0.95);
    const lookups = QUESTIONS_PER_ROUND / (await served('/v1/lookup?asked=', own)).seconds;
    // The first round warms up.
    if (round > 0) rounds.push({ alone, together, overHttp, lookups });
  }
  const of = (name: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[name]));
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  report('search p95, the engine alone, 1 client', ms(of('alone')));
  report(`search p95, the engine alone, ${CLIENTS} clients`, ms(of('together')));
  report(`search p95, served, ${CLIENTS} clients`, ms(of('overHttp')));
  const ratio = median(rounds.map(({ overHttp, together }) => overHttp / together));
  report(`  against the engine alone with as many`, `${ratio.toFixed(2)}x`, '3x');
  report('address lookups', `${of('lookups').toFixed(0)} a second`, '500');
  await engine.close();
} finally {
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
}
