// One system, frame after frame, in which everything says of which frame it is; and a look at it from all sides.
import { deepStrictEqual, ok } from 'node:assert';
import type { Fact, SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { FileEntry, PackageEntry } from '../../../schemas/entries.ts';
import type { SearchPlan } from '../../../schemas/plan.ts';
import { file, installed, os, type FrameSketch } from './frames.ts';

const SIGNAL = new AbortController().signal;
const SYSTEM = 's';
const PLAN: SearchPlan = {
  schema: 'unfold.plan/1',
  where: { leaf: { leaf: 'phrase', text: 'settings of', within: 'content' } },
  at: null,
  limit: null,
  cursor: null,
  evidence: null,
  facets: [{ field: 'package', size: 5 }],
};

/** Frame n of the system: every text, the package's version and the number of files say n. */
export function roundFrame(round: number, files: number): FrameSketch {
  const paths = Array.from({ length: files + round }, (_, number) => `/etc/${number}`);
  const entries = paths.map((path) => file(path, `settings of round ${round}`));
  return { system: SYSTEM, at: round, entries: [os('debian'), installed('nginx', `${round}`), ...entries] };
}

/** The rounds of three answers, asked one after the other. Throws where an answer is not of one round alone. */
export async function roundsSeen(engine: SearchEngine, files: number): Promise<number[]> {
  const { systems } = await engine.search(PLAN, SIGNAL);
  const found = systems.flatMap((hit) => hit.facts.map(({ text }) => text));
  const facts: Fact[] = [];
  const query = { span: { at: null }, texts: true };
  for await (const fact of engine.facts(`rootfs:host1/srv/${SYSTEM}`, query, SIGNAL)) facts.push(fact);
  const written = facts.flatMap(({ entry }) => (entry as FileEntry).content?.text ?? []);
  const installedNow = facts.flatMap(({ feature, entry }) =>
    feature === 'package' ? [(entry as PackageEntry).version] : [],
  );
  deepStrictEqual(installedNow, [`${roundOf(written, files)}`]);
  const [state] = await engine.systems(null, SIGNAL);
  const counted = (state?.frame?.end.counts.file ?? 0) - files;
  ok(state?.frame?.header.at.startsWith(`2026-01-${String(counted).padStart(2, '0')}`));
  return [roundOf(found, files), roundOf(written, files), counted];
}

function roundOf(texts: readonly (string | null)[], files: number): number {
  const round = texts.length - files;
  deepStrictEqual([...new Set(texts)], [`settings of round ${round}`]);
  return round;
}
