// The API over a simulated fleet: what serving adds to the engine, and how many address lookups a second it answers.
// Run: node bench/serve.ts [--systems N] [--files N] [--data FOLDER]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

async function fetched(url: string): Promise<void> {
  const [response] = (await once(get(url, { agent }), 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode ?? ''}`);
}

async function serve(): Promise<{ base: string; end: () => void }> {
  const configuration = join(folder, 'unfold.yaml');
  writeFileSync(configuration, `coverage: { staleAfterHours: ${NEVER_STALE} }\n`);
  const child = spawn(
    join(import.meta.dirname, '../cli/unfold'),
    ['--config', configuration, '--data', data, 'serve', '--listen', '127.0.0.1:0', '--log', 'error'].concat([
      '--requests',
      '1000000',
    ]),
    { stdio: ['ignore', 'inherit', 'pipe'] },
  );
  const [line] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
  const base = /http:\S+/.exec(line)?.[0];
  if (base === undefined) throw new Error(line);
  return { base, end: () => child.kill() };
}

try {
  await fill();
  const engine = openEmbedded(data, 'read');
  const { base, end } = await serve();
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
  const searched = (query: string) => fetched(`${base}/v1/search?q=${encodeURIComponent(query)}`);
  const lookedUp = (query: string) => fetched(`${base}/v1/lookup?asked=${encodeURIComponent(query)}`);
  const mixed = [...spread(own, 60), ...spread(shared, 20), ...spread(words, 20)];
  const rounds: { alone: number; together: number; served: number; lookups: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const alone = quantile((await asked(mixed, 1, direct)).times, 0.95);
    const together = quantile((await asked(mixed, CLIENTS, direct)).times, 0.95);
    const served = quantile((await asked(mixed, CLIENTS, searched)).times, 0.95);
    const lookups = QUESTIONS_PER_ROUND / (await asked(own, CLIENTS, lookedUp)).seconds;
    // The first round warms up.
    if (round > 0) rounds.push({ alone, together, served, lookups });
  }
  const of = (name: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[name]));
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  report('search p95, the engine alone, 1 client', ms(of('alone')));
  report(`search p95, the engine alone, ${CLIENTS} clients`, ms(of('together')));
  report(`search p95, served, ${CLIENTS} clients`, ms(of('served')));
  const ratio = median(rounds.map(({ served, together }) => served / together));
  report(`  against the engine alone with as many`, `${ratio.toFixed(2)}x`, '3x');
  report('address lookups', `${of('lookups').toFixed(0)} a second`, '500');
  end();
  await engine.close();
} finally {
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
