// How an index grows with its fleet, against one document per system and file: node bench/scale.ts [--systems N] [--files N] [--unique SHARE]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { INDEX_FILE, openEmbedded } from '../indexer/engines/embedded/engine.ts';
import type { FileEntry } from '../schemas/entries.ts';
import { NO_SIGNAL, stream } from './fleet/engine.ts';
import { megabytes, report } from './fleet/figures.ts';
import { Fleet } from './fleet/fleet.ts';
import { fleetOptions } from './fleet/options.ts';

/** Documents are written for so many systems only: what one more takes is the same for each. */
const SAMPLED = [2, 6] as const;
/** How much larger the fleet is than the one before. */
const TIMES = 10;
/** What finds texts, and the texts themselves. */
const TEXT_TABLES = /^(?:word|address|content|sqlite_autoindex_content)/;

const options = fleetOptions();

interface Size {
  readonly whole: number;
  readonly texts: number;
}

/** Bytes of an index of so many of the fleet's systems. */
async function indexed(fleet: Fleet, systems: number, folder: string): Promise<Size> {
  const engine = openEmbedded(folder, 'write');
  for (let system = 0; system < systems; system++)
    await engine.apply(stream(fleet.frame(system, 0)), NO_SIGNAL);
  await engine.close();
  const file = join(folder, INDEX_FILE);
  const db = new DatabaseSync(file, { readOnly: true });
  const parts = db.prepare("SELECT name, pgsize FROM dbstat('main', 1)").all() as unknown as {
    name: string;
    pgsize: number;
  }[];
  db.close();
  const texts = parts
    .filter(({ name }) => TEXT_TABLES.test(name))
    .reduce((sum, { pgsize }) => sum + pgsize, 0);
  return { whole: statSync(file).size, texts };
}

/** Bytes of a full-text table with a document per system and file, for so many systems, measured on a few. */
function documents(fleet: Fleet, systems: number, folder: string): number {
  const [few, more] = SAMPLED.map((sampled) =>
    documentsOf(fleet, sampled, join(folder, `documents-${sampled}.sqlite`)),
  );
  const perSystem = ((more ?? 0) - (few ?? 0)) / (SAMPLED[1] - SAMPLED[0]);
  return (few ?? 0) + perSystem * (systems - SAMPLED[0]);
}

function documentsOf(fleet: Fleet, systems: number, file: string): number {
  const db = new DatabaseSync(file);
  db.exec('CREATE VIRTUAL TABLE document USING fts5(system UNINDEXED, path, meta UNINDEXED, text); BEGIN');
  const insert = db.prepare('INSERT INTO document VALUES (?, ?, ?, ?)');
  for (let system = 0; system < systems; system++) {
    for (const line of fleet.frame(system, 0)) {
      if (!('line' in line) || line.line.feature !== 'file') continue;
      const { content, ...meta } = line.line.entry as unknown as FileEntry;
      insert.run(fleet.system(system).id, meta.path, JSON.stringify(meta), content?.text ?? null);
    }
  }
  db.exec("INSERT INTO document(document) VALUES ('optimize'); COMMIT; VACUUM");
  db.close();
  return statSync(file).size;
}

async function main(folder: string): Promise<void> {
  const { systems, files, unique } = options;
  const fleet = new Fleet(options);
  console.log(`${systems} systems x ${files} files, ${unique * 100} % of them unique, embedded`);
  const small = await indexed(fleet, Math.round(systems / TIMES), join(folder, 'small'));
  const large = await indexed(fleet, systems, join(folder, 'large'));
  const plain = documents(fleet, systems, folder);
  report('index', megabytes(large.whole));
  report('  a document per system and file', `${megabytes(plain)}, measured on ${SAMPLED[1]} systems`);
  report('  index to documents', `1/${(plain / large.whole).toFixed(1)}`, '1/15');
  report(
    `texts and their index, ${TIMES} times the systems`,
    `${(large.texts / small.texts).toFixed(2)}x, ${megabytes(small.texts)} to ${megabytes(large.texts)}`,
    '2x',
  );
  report(
    '  the whole index',
    `${(large.whole / small.whole).toFixed(2)}x, ${megabytes(small.whole)} to ${megabytes(large.whole)}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-'));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
