// A batch of addresses looked up at once, against one by one: node bench/lookup-batch.ts [--systems N] [--files N] [--data FOLDER]
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INDEX_FILE, openEmbedded } from '../indexer/engines/embedded/engine.ts';
import type { SearchEngine } from '../indexer/engines/search-engine.ts';
import { lookup } from '../query/lookup/lookup.ts';
import type { LookupAnswer } from '../schemas/answer.ts';
import { NO_SIGNAL, stream } from './fleet/engine.ts';
import { median, measured, report } from './fleet/figures.ts';
import { Fleet } from './fleet/fleet.ts';
import { fleetOptions } from './fleet/options.ts';
import { questionsFor, spread } from './fleet/questions.ts';

const BATCH = 1000;
const ROUNDS = 5;
const NEVER_STALE = 1_000_000;

const options = fleetOptions({ systems: 2000, files: 300 });

async function fill(fleet: Fleet, folder: string): Promise<void> {
  if (existsSync(join(folder, INDEX_FILE))) return;
  const engine = openEmbedded(folder, 'write');
  for (let system = 0; system < options.systems; system++)
    await engine.apply(stream(fleet.frame(system, 0)), NO_SIGNAL);
  await engine.close();
}

function look(engine: SearchEngine, asked: readonly string[]): Promise<LookupAnswer> {
  return lookup(engine, asked, {
    at: null,
    evidence: null,
    staleAfterHours: NEVER_STALE,
    signal: NO_SIGNAL,
  });
}

/** Addresses of systems' own, some that many systems write, and some that none does. */
function batchOf(fleet: Fleet): string[] {
  const systems = Array.from({ length: options.systems }, (_, system) => fleet.ownAddress(system));
  const { shared } = questionsFor(fleet);
  const asked = [...spread(systems, BATCH * 0.8), ...spread(shared, 20)];
  const nowhere = Array.from({ length: BATCH }, (_, i) => `198.18.${i >> 8}.${i & 255}`);
  return [...asked, ...nowhere].slice(0, BATCH);
}

function hits({ lookups }: LookupAnswer): number {
  return lookups.reduce((sum, { systems }) => sum + systems.length, 0);
}

async function main(folder: string): Promise<void> {
  const fleet = new Fleet(options);
  await fill(fleet, folder);
  const engine = openEmbedded(folder, 'read');
  const asked = batchOf(fleet);
  try {
    const together: number[] = [];
    const apart: number[] = [];
    let found = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const batch = await measured(() => look(engine, asked));
      const single = await measured(async () => {
        let sum = 0;
        for (const one of asked) sum += hits(await look(engine, [one]));
        return sum;
      });
      found = hits(batch.value);
      if (found !== single.value) throw new Error(`${found} systems at once, ${single.value} one by one`);
      // The first round warms up.
      if (round > 0) together.push(batch.wall);
      if (round > 0) apart.push(single.wall);
    }
    console.log(
      `${options.systems} systems x ${options.files} files, embedded; ${asked.length} addresses, ${found} systems found`,
    );
    report('a batch', `${median(together).toFixed(0)} ms`, '1000 ms');
    report('one by one', `${median(apart).toFixed(0)} ms`);
    report('  against the batch', `${(median(apart) / median(together)).toFixed(1)}x`);
  } finally {
    await engine.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-'));
try {
  await main(options.data ?? folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
