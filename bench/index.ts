// An index of a simulated fleet: how fast frames go in, how fast answers come out, how large it is.
// Run: node bench/index.ts [--systems N] [--files N] [--unique SHARE] [--data FOLDER] [--engine elasticsearch --node URL]
// With --data the index stays in the folder, and a later run asks it again.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLine, SearchEngine } from '../indexer/engines/search-engine.ts';
import { lookup } from '../query/lookup/lookup.ts';
import { search } from '../query/search.ts';
import { FacetField } from '../schemas/plan.ts';
import { NO_SIGNAL, openEngine, removePrefix, stream } from './fleet/engine.ts';
import {
  measured,
  median,
  megabytes,
  peakMemory,
  quantile,
  report,
  Sum,
  type Measured,
} from './fleet/figures.ts';
import { Fleet } from './fleet/fleet.ts';
import { fleetOptions } from './fleet/options.ts';
import { plainTable } from './fleet/plain-table.ts';
import { questionsFor, spread } from './fleet/questions.ts';

const RUNS = 5;
const STALE_AFTER_HOURS = 24 * 3650;
/** The reference takes part in the first systems only: it is slow. */
const REFERENCE_SYSTEMS = 20;
const FACETS = FacetField.options.map((field) => ({ field, size: 10 }));

const options = fleetOptions();
/** A goal of the embedded engine. */
const embedded = (goal: string): string | undefined => (options.engine === 'embedded' ? goal : undefined);
const fleet = new Fleet(options);

/** Applies the first crawl of every system; what the fleet takes to make a frame is not counted. */
async function ingest(engine: SearchEngine, plain: ReturnType<typeof plainTable>): Promise<void> {
  const [ours, compared, reference] = [new Sum(), new Sum(), new Sum()];
  let opened = 0;
  for (let system = 0; system < options.systems; system++) {
    const lines = [...fleet.frame(system, 0)];
    const applied = await measured(() => engine.apply(stream(lines), NO_SIGNAL));
    if (system === 0) reportNewText(applied);
    else {
      ours.add(applied);
      opened += applied.value.opened;
    }
    if (system > REFERENCE_SYSTEMS) continue;
    // eslint-disable-next-line @typescript-eslint/require-await -- the reference is synchronous
    const referred = await measured(async () => plain(lines));
    if (system === 0) continue;
    compared.add(applied);
    reference.add(referred);
  }
  report('facts of further systems', `${ours.rate(opened)}, ${opened} facts`, embedded('100000/s'));
  report('  against plain SQLite rows', `${(compared.cpu / reference.cpu).toFixed(2)}x the CPU time`);
}

/** The first system's texts are all new. */
function reportNewText({ wall, cpu }: Measured<unknown>): void {
  const texts = fleet.material.files.map(({ content }) => content?.text ?? '');
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const [perSecond, perCpuSecond] = [wall, cpu].map((ms) => (bytes / 1000 / ms).toFixed(1));
  report('new text', `${perSecond} MB/s, ${perCpuSecond} MB per second of CPU`, embedded('5 MB/s'));
}

/** Facts alone: systems of one image, of which only metadata was crawled. */
async function metadata(engine: SearchEngine): Promise<void> {
  const took = new Sum();
  let opened = 0;
  for (let system = 0; system < REFERENCE_SYSTEMS; system++) {
    const lines = [...fleet.frame(system, 0)].map(withoutText);
    const applied = await measured(() => engine.apply(stream(lines), NO_SIGNAL));
    if (system === 0) continue;
    took.add(applied);
    opened += applied.value.opened;
  }
  report('facts without texts', took.rate(opened), embedded('100000/s'));
}

function withoutText(line: FrameLine): FrameLine {
  if (!('line' in line) || line.line.feature !== 'file') return line;
  const entry = { ...line.line.entry };
  delete entry['content'];
  return { line: { ...line.line, entry } };
}

/** Later crawls of a few systems: whole frames, and deltas. */
async function again(engine: SearchEngine): Promise<void> {
  for (const [crawl, form] of [
    [1, 'full'],
    [2, 'delta'],
  ] as const) {
    const took = new Sum();
    let facts = 0;
    for (let system = 0; system < Math.min(options.systems, REFERENCE_SYSTEMS); system++) {
      const lines = [...fleet.frame(system, crawl, form)];
      const applied = await measured(() => engine.apply(stream(lines), NO_SIGNAL));
      took.add(applied);
      facts += applied.value.opened + applied.value.kept;
    }
    report(`facts crawled again, ${options.mutation * 100} % changed, ${form}`, took.rate(facts));
  }
}

type Ask = (question: string) => Promise<number>;

/** p50 and p95 of the time, and of the processor's, in milliseconds; medians over the runs. */
async function timed(name: string, questions: readonly string[], ask: Ask, goal?: string): Promise<void> {
  const runs: { wall: number[]; cpu: number[] }[] = [];
  let found = 0;
  for (let run = 0; run <= RUNS; run++) {
    const times: { wall: number[]; cpu: number[] } = { wall: [], cpu: [] };
    for (const question of questions) {
      const answered = await measured(() => ask(question));
      times.wall.push(answered.wall);
      times.cpu.push(answered.cpu);
      found += answered.value;
    }
    // The first run warms up.
    if (run > 0) runs.push(times);
  }
  const figure = (of: 'wall' | 'cpu', part: number): string =>
    median(runs.map((times) => quantile(times[of], part)))
      .toFixed(1)
      .padStart(6);
  const figures = `p50 ${figure('wall', 0.5)} ms   p95 ${figure('wall', 0.95)} ms   CPU p95 ${figure('cpu', 0.95)} ms`;
  report(name, `${figures}   ${(found / questions.length / (RUNS + 1)).toFixed(0)} systems`, goal);
}

async function ask(engine: SearchEngine): Promise<void> {
  const { shared, own, words } = questionsFor(fleet);
  const searched: Ask = async (text) => {
    const paging = { limit: 20, cursor: null, evidence: 3 };
    const context = { at: null, staleAfterHours: STALE_AFTER_HOURS, signal: NO_SIGNAL };
    return (await search(engine, text, { ...paging, ...context, facets: FACETS })).total.systems;
  };
  const looked: Ask = async (address) => {
    const context = { at: null, evidence: 3, staleAfterHours: STALE_AFTER_HOURS, signal: NO_SIGNAL };
    const { lookups } = await lookup(engine, [address], context);
    return lookups[0]?.systems.length ?? 0;
  };
  const goal = `p95 ${options.engine === 'embedded' ? 20 : 60} ms`;
  const nowhere = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`);
  const networks = Array.from({ length: 20 }, (_, i) => `100.64.${i}.0/24`);
  await timed('lookup: address of one system', own, looked, goal);
  await timed('lookup: address nowhere', nowhere, looked, goal);
  await timed('lookup: every system with every place', spread(shared, 20), looked);
  await timed('search: address of one system, all facets', own, searched, goal);
  await timed('search: address of many systems, all facets', spread(shared), searched, goal);
  await timed('search: network /24, all facets', networks, searched);
  await timed('search: network /16, all facets', ['100.64.0.0/16'], searched);
  await timed(
    'search: at a past instant, all facets',
    own.map((address) => `${address} at:2026-01-01T23:30`),
    searched,
  );
  await timed('search: rare word, all facets', words.slice(-20), searched);
  await timed('search: very common word, all facets', words.slice(0, 5), searched, embedded('p95 150 ms'));
}

/** Works with an index of its own, in a folder beside. */
async function withOther(folder: string, work: (engine: SearchEngine) => Promise<void>): Promise<void> {
  const other = await openEngine(options, join(folder, 'other'), '');
  await work(other);
  await other.close();
}

async function main(folder: string): Promise<void> {
  const { systems, files, unique, nodes, data } = options;
  console.log(`${systems} systems x ${files} files, ${unique * 100} % of them unique, ${options.engine}`);
  const prefix = data === null ? `bench-${process.pid}` : 'bench-fleet';
  const engine = await openEngine(options, folder, prefix);
  try {
    if (!existsSync(join(folder, 'built'))) {
      await ingest(engine, plainTable(join(folder, 'plain.sqlite')));
      report('peak RSS of indexing', peakMemory(), embedded('1.5 GB at 10 million facts'));
      if (data === null) await again(engine);
      if (data === null && options.engine === 'embedded') await withOther(folder, metadata);
      mkdirSync(join(folder, 'built'));
    }
    await ask(engine);
    const { bytes, facts } = await engine.status(NO_SIGNAL);
    report('index size', `${megabytes(bytes)}, ${facts.current} facts hold`);
    report('peak RSS', peakMemory());
  } finally {
    await engine.close();
    if (options.engine === 'elasticsearch' && data === null) await removePrefix(nodes, prefix);
  }
}

const folder = options.data ?? mkdtempSync(join(tmpdir(), 'unfold-bench-'));
try {
  mkdirSync(folder, { recursive: true });
  await main(folder);
} finally {
  if (options.data === null) rmSync(folder, { recursive: true, force: true });
}
