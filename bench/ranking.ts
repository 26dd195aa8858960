// How good the order of answers is, for plain BM25 and for ours: node bench/ranking.ts [--queries]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEmbedded } from '../indexer/engines/embedded/engine.ts';
import type { FrameLine } from '../indexer/engines/search-engine.ts';
import { entryText } from '../indexer/terms/entry-terms.ts';
import { matchText } from '../indexer/terms/match.ts';
import { words } from '../indexer/terms/words.ts';
import { parse } from '../query/language/parse.ts';
import { resolve } from '../query/language/resolve.ts';
import { leavesOf } from '../query/language/simplify.ts';
import { search } from '../query/search.ts';
import type { Entry, FileEntry } from '../schemas/entries.ts';
import type { Leaf } from '../schemas/plan.ts';
import { demoSystems } from '../test/ranking/demo-systems.ts';
import { ndcg } from '../test/ranking/ndcg.ts';
import { OTHER_SYSTEMS } from '../test/ranking/other-systems.ts';
import { QUERIES } from '../test/ranking/queries.ts';
import { frameOf } from '../test/ranking/sketches.ts';
import { NO_SIGNAL, stream } from './fleet/engine.ts';
import { report } from './fleet/figures.ts';
import { Fleet } from './fleet/fleet.ts';
import { fractionOf } from './fleet/random.ts';

/** Of the simulated fleet each system has a part of what packages bring besides: documentation, libraries, lists. */
const IMAGE = { systems: 1, files: 1200, unique: 0, mutation: 0, seed: 7 };
const SHARE = 0.5;

/** A system as BM25 sees it: all its text. */
interface Document {
  readonly name: string;
  readonly texts: readonly string[];
  readonly length: number;
}

const K1 = 1.2;
const B = 0.75;

function documentOf(lines: readonly FrameLine[]): Document {
  const name = lines.flatMap((line) => ('header' in line ? [line.header.system.name] : [])).join('');
  const texts = lines.flatMap((line) => {
    if (!('line' in line)) return [];
    const { feature, key } = line.line;
    const entry = line.line.entry as Entry;
    return [entryText(feature, key, entry), (entry as FileEntry).content?.text ?? ''];
  });
  return { name, texts, length: texts.reduce((sum, text) => sum + words(text).length, 0) };
}

/** How often a leaf stands in a text. A field has no place in a plain text: its value has. */
function times(leaf: Leaf, text: string): number {
  if (leaf.leaf !== 'field') return matchText(leaf, text).length;
  return matchText({ leaf: 'phrase', text: leaf.value ?? '', within: 'any' }, text).length;
}

/** The systems that have one of the leaves, best first. */
function bm25(documents: readonly Document[], leaves: readonly Leaf[]): string[] {
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const scores = new Map<string, number>();
  for (const leaf of leaves) {
    const found = documents
      .map((one) => ({ ...one, frequency: one.texts.reduce((sum, text) => sum + times(leaf, text), 0) }))
      .filter(({ frequency }) => frequency > 0);
    const rare = Math.log(1 + (documents.length - found.length + 0.5) / (found.length + 0.5));
    for (const { name, frequency, length } of found) {
      const saturated = (frequency * (K1 + 1)) / (frequency + K1 * (1 - B + (B * length) / average));
      scores.set(name, (scores.get(name) ?? 0) + rare * saturated);
    }
  }
  return [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
}

/** Settings are the system's own. */
function isBrought(path: string): boolean {
  return path.startsWith('/usr/') || path.startsWith('/var/');
}

async function main(folder: string, each: boolean): Promise<void> {
  const { files } = new Fleet(IMAGE).material;
  const frames = [...demoSystems(), ...OTHER_SYSTEMS].map((sketch, system) => {
    const brought = files.filter(({ path }, file) => isBrought(path) && fractionOf(system, file) < SHARE);
    return frameOf(sketch, brought);
  });
  const engine = openEmbedded(folder, 'write');
  for (const lines of frames) await engine.apply(stream(lines), NO_SIGNAL);
  const documents = frames.map(documentOf);
  const sums = { plain: 0, ours: 0 };
  for (const { query, grades } of QUERIES) {
    const { systems } = await search(engine, query, {
      at: null,
      limit: null,
      cursor: null,
      evidence: 1,
      facets: [],
      staleAfterHours: Infinity,
      signal: NO_SIGNAL,
    });
    const order = systems.map(({ system }) => system.name);
    const answering = new Set(order);
    const plainly = bm25(documents, leavesOf(resolve(parse(query), new Date()).where)).filter((name) =>
      answering.has(name),
    );
    const [plain, ours] = [ndcg(plainly, grades), ndcg(order, grades)];
    sums.plain += plain;
    sums.ours += ours;
    if (each) {
      const missing = Object.keys(grades).filter((name) => !answering.has(name));
      const list = systems
        .slice(0, 10)
        .map(({ system, score }) => `${system.name}=${grades[system.name] ?? 0}(${score})`);
      report(
        query,
        `BM25 ${plain.toFixed(3)}, ours ${ours.toFixed(3)}${missing.length > 0 ? `, not found ${missing.join(' ')}` : ''}\n     ${list.join(' ')}`,
      );
    }
  }
  await engine.close();
  const mean = (sum: number) => (sum / QUERIES.length).toFixed(3);
  console.log(`${QUERIES.length} graded queries over ${frames.length} systems, mean nDCG@10`);
  report('plain BM25, a system as one text', mean(sums.plain));
  report('ours', mean(sums.ours), 'above BM25');
}

const { values } = parseArgs({ options: { queries: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-'));
try {
  await main(folder, values.queries);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
