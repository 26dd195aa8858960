// The embedded index on a simulated fleet: how fast frames go in, how fast answers come out, how large it is.
// Run: node bench/index.ts [SYSTEMS] [FILES]
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { INDEX_FILE, openEmbedded } from '../indexer/engines/embedded/engine.ts';
import type { FrameLine, SearchEngine } from '../indexer/engines/search-engine.ts';
import { parseAddress } from '../indexer/terms/addresses.ts';
import type { PlanNode, SearchPlan } from '../schemas/plan.ts';
import { simulatedFleet, type SimulatedFleet } from './simulated-fleet.ts';

const [systems = 200, files = 5000] = process.argv.slice(2).map(Number);
const RUNS = 5;
const LOOKUPS = 100;
const SIGNAL = new AbortController().signal;

// eslint-disable-next-line @typescript-eslint/require-await -- frames are streams
async function* stream(lines: readonly FrameLine[]): AsyncGenerator<FrameLine> {
  yield* lines;
}

/** Rows as anyone would keep them: each text once, a row per file and system. */
function plainTable(file: string): (lines: readonly FrameLine[]) => void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144;
    CREATE TABLE text(sha256 BLOB PRIMARY KEY, body TEXT) WITHOUT ROWID;
    CREATE TABLE row(system TEXT, feature TEXT, key TEXT, entry TEXT, sha256 BLOB, PRIMARY KEY(system, feature, key)) WITHOUT ROWID`);
  const text = db.prepare('INSERT OR IGNORE INTO text VALUES (?, ?)');
  const row = db.prepare('INSERT INTO row VALUES (?, ?, ?, ?, ?)');
  let system = '';
  return (lines) => {
    db.exec('BEGIN');
    for (const line of lines) {
      if ('header' in line) system = line.header.system.id;
      if (!('line' in line)) continue;
      const { feature, key, entry } = line.line;
      const { content, ...rest } = entry as { content?: { text: string } };
      const sha256 = content ? createHash('sha256').update(content.text).digest() : null;
      if (content) text.run(sha256, content.text);
      row.run(system, feature, key, JSON.stringify(rest), sha256);
    }
    db.exec('COMMIT');
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

const FACETS = (['kind', 'os', 'package', 'directory', 'feature'] as const).map((field) => ({
  field,
  size: 10,
}));

function planOf(where: PlanNode, at: string | null = null): SearchPlan {
  return { schema: 'unfold.plan/1', where, at, limit: 20, cursor: null, evidence: 3, facets: FACETS };
}

function addressPlan(address: string, at: string | null = null): SearchPlan {
  const range = parseAddress(address);
  if (range === null) throw new Error(`${address} is no address`);
  return planOf(
    { leaf: { leaf: 'address', ...range, relations: ['exact', 'contained', 'containing', 'overlapping'] } },
    at,
  );
}

function wordPlan(word: string): SearchPlan {
  return planOf({ leaf: { leaf: 'word', word, within: 'any' } });
}

/** Median over the runs of p50 and p95, in milliseconds. */
async function timed(engine: SearchEngine, name: string, plans: readonly SearchPlan[]): Promise<void> {
  const halves: number[] = [];
  const tails: number[] = [];
  let found = 0;
  for (let run = 0; run <= RUNS; run++) {
    const times: number[] = [];
    found = 0;
    for (const plan of plans) {
      const start = performance.now();
      found += (await engine.search(plan, SIGNAL)).total;
      times.push(performance.now() - start);
    }
    // The first run warms up.
    if (run === 0) continue;
    halves.push(quantile(times, 0.5));
    tails.push(quantile(times, 0.95));
  }
  const [p50, p95] = [quantile(halves, 0.5).toFixed(1), quantile(tails, 0.5).toFixed(1)];
  console.log(
    `${name.padEnd(34)} p50 ${p50.padStart(6)} ms   p95 ${p95.padStart(6)} ms   ${(found / plans.length).toFixed(0)} systems`,
  );
}

/** The reference takes part in the first systems only, those with nearly all of the text: it is slow. */
const REFERENCE_SYSTEMS = 40;

async function ingest(
  fleet: SimulatedFleet,
  engine: SearchEngine,
  plain: (lines: readonly FrameLine[]) => void,
): Promise<void> {
  let [facts, ours, compared, reference] = [0, 0, 0, 0];
  for (let system = 0; system < systems; system++) {
    const lines = fleet.frame(system);
    let start = performance.now();
    facts += (await engine.apply(stream(lines), SIGNAL)).opened;
    ours += performance.now() - start;
    if (system >= REFERENCE_SYSTEMS) continue;
    compared = ours;
    start = performance.now();
    plain(lines);
    reference += performance.now() - start;
  }
  const rate = (facts / ours) * 1000;
  console.log(
    `ingest                             ${rate.toFixed(0)} facts/s, ${(ours / 1000).toFixed(1)} s for ${facts} facts`,
  );
  console.log(`  against plain SQLite rows        ${(compared / reference).toFixed(2)}x the time`);
}

/** New text alone: the frame of a system of which nothing is known. */
async function newText(folder: string): Promise<void> {
  const fleet = simulatedFleet(1, files);
  const lines = fleet.frame(0);
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const engine = openEmbedded(join(folder, `new-${run}`), 'write');
    const start = performance.now();
    await engine.apply(stream(lines), SIGNAL);
    rates.push(fleet.textBytes / 1000 / (performance.now() - start));
    await engine.close();
  }
  console.log(`new text                           ${quantile(rates, 0.5).toFixed(1)} MB/s`);
}

async function again(fleet: SimulatedFleet, engine: SearchEngine): Promise<void> {
  const lines = fleet.frame(0).map((line) =>
    'header' in line
      ? {
          header: {
            ...line.header,
            id: '00000000-0000-4000-9000-000000000000',
            at: '2026-02-01T00:00:00.000Z',
          },
        }
      : line,
  );
  const start = performance.now();
  const { kept } = await engine.apply(stream(lines), SIGNAL);
  console.log(
    `unchanged frame                    ${((kept / (performance.now() - start)) * 1000).toFixed(0)} facts/s`,
  );
}

async function main(folder: string): Promise<void> {
  const fleet = simulatedFleet(systems, files);
  console.log(
    `${systems} systems x ${files} files, ${(fleet.textBytes / 1e6).toFixed(1)} MB of distinct text`,
  );
  const engine = openEmbedded(join(folder, 'data'), 'write');
  await ingest(fleet, engine, plainTable(join(folder, 'plain.sqlite')));
  await again(fleet, engine);
  await newText(folder);
  const every = (list: readonly string[]) =>
    Array.from({ length: LOOKUPS }, (_, i) => list[Math.floor((i * list.length) / LOOKUPS)] ?? '');
  const past = '2026-01-15T00:00:00.000Z';
  await timed(
    engine,
    'address on every system',
    every(fleet.addresses.shared).map((address) => addressPlan(address)),
  );
  await timed(
    engine,
    'address on single systems',
    every(fleet.addresses.unique).map((address) => addressPlan(address)),
  );
  await timed(
    engine,
    'address nowhere',
    Array.from({ length: LOOKUPS }, (_, i) => addressPlan(`192.0.2.${i}`)),
  );
  await timed(
    engine,
    'address at a past instant',
    every(fleet.addresses.shared).map((address) => addressPlan(address, past)),
  );
  await timed(
    engine,
    'network /24',
    Array.from({ length: 20 }, (_, i) => addressPlan(`10.1.${i}.0/24`)),
  );
  await timed(
    engine,
    'network /16',
    ['10.1.0.0/16', '10.2.0.0/16'].map((network) => addressPlan(network)),
  );
  await timed(engine, 'rare word', fleet.words.slice(-20).map(wordPlan));
  await timed(engine, 'common word', fleet.words.slice(0, 5).map(wordPlan));
  await engine.close();
  const size = statSync(join(folder, 'data', INDEX_FILE)).size;
  console.log(
    `index size                         ${(size / 1e6).toFixed(1)} MB, ${(size / fleet.textBytes).toFixed(2)}x the distinct text`,
  );
  console.log(`peak RSS                           ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
}

const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-'));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
