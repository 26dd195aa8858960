// A matched fact → the evidence a reader sees: path, line and snippet, and what an address written there is to the asked one.
import type { Evidence, Relation, Role } from '../schemas/answer.ts';
import type { ConnectionEntry, FileEntry } from '../schemas/entries.ts';
import type { Leaf } from '../schemas/plan.ts';
import { addressesIn, relationOf } from '../indexer/terms/addresses.ts';
import { entryText } from '../indexer/terms/entry-terms.ts';
import { matchText } from '../indexer/terms/match.ts';
import type { MatchedFact } from '../indexer/engines/search-engine.ts';
import { fieldRanges, fieldSnippet, placedValues } from './field-evidence.ts';
import { Lines, snippetOf, type Range, type Snippet } from './snippet.ts';

/** A place in a text where a leaf holds; `written` where it is an address. */
interface Find {
  readonly range: Range;
  readonly written: { readonly address: string; readonly relation: Relation } | null;
}

const RELATION_ORDER: readonly Relation[] = ['exact', 'contained', 'containing', 'overlapping'];

/** What a search asked: the leaves of its plan in their order, and the instant (null: now). */
export interface Asked {
  readonly leaves: readonly Leaf[];
  readonly at: string | null;
}

/** Evidence of a search: for each leaf that the fact satisfies its best place, places on one line together. */
export function bestEvidence(fact: MatchedFact, { leaves, at }: Asked): Evidence[] {
  const satisfied = fact.leaves.flatMap((index) => leaves[index] ?? []);
  const change = changeOf(fact, satisfied, at);
  const text = fact.text ?? '';
  const lines = new Lines(text);
  const byLine = new Map<number, Find[]>();
  for (const leaf of satisfied) {
    const finds = findsIn(leaf, text, true);
    const best = finds.reduce<Find | undefined>((a, b) => (a && rank(a) <= rank(b) ? a : b), undefined);
    if (best === undefined) continue;
    const line = lines.at(best.range[0]);
    const onLine = finds.filter(({ range }) => lines.at(range[0]) === line);
    byLine.set(line, [...(byLine.get(line) ?? []), best, ...onLine]);
  }
  if (byLine.size === 0) return [{ ...entryEvidence(fact, satisfied), ...change }];
  return [...byLine].map(([line, finds]) => ({
    ...placeOf(fact, { ...lines.snippet(line, ranges(finds)), line }),
    ...addressOf(fact, finds),
    ...change,
    ...validityOf(fact),
  }));
}

/** Where a leaf holds in the text of a content (or, not `inContent`, of an entry). */
function findsIn(leaf: Leaf, text: string, inContent: boolean): Find[] {
  if (text === '') return [];
  if (leaf.leaf !== 'address') {
    if (inContent && 'within' in leaf && leaf.within === 'entry') return [];
    return matchText(leaf, text).map((range) => ({ range, written: null }));
  }
  return addressesIn(text).flatMap(({ start, end, text: address, ...range }) => {
    const relation = relationOf(leaf, range);
    if (relation === null || !leaf.relations.includes(relation)) return [];
    return [{ range: [start, end], written: { address, relation } }];
  });
}

/** Evidence by the entry itself: its own text with the matches marked, else the field that matched. */
function entryEvidence(fact: MatchedFact, satisfied: readonly Leaf[]): Evidence {
  const text = entryText(fact.feature, fact.key, fact.entry);
  const finds = satisfied.flatMap((leaf) => entryFinds(leaf, fact, text));
  const fields = satisfied.filter((leaf) => leaf.leaf === 'field');
  const snippet =
    finds.length === 0 && fields.length > 0
      ? fieldSnippet(fields, fact)
      : entrySnippet(fact, text, ranges(finds));
  return { ...placeOf(fact, snippet), ...addressOf(fact, finds), ...validityOf(fact) };
}

/** Where a leaf holds in the text of an entry: one on a field where that stands. */
function entryFinds(leaf: Leaf, fact: MatchedFact, text: string): Find[] {
  if (leaf.leaf === 'field') return fieldRanges(leaf, fact, text).map((range) => ({ range, written: null }));
  if (leaf.leaf !== 'address' || leaf.field === undefined) return findsIn(leaf, text, false);
  return placedValues(fact, leaf.field, text).flatMap(({ value, start }) =>
    findsIn(leaf, value, false).map(({ range: [from, to], written }) => ({
      range: [start + from, start + to],
      written,
    })),
  );
}

/** The parts of an entry's text, which stand on a line each, on one line. */
export function entrySnippet(fact: MatchedFact, text: string, marked: readonly Range[]): Snippet {
  const isFile = fact.feature === 'file';
  const separator = isFile ? ' → ' : ' · ';
  // A path may hold line ends of its own.
  const pathLength = isFile ? (fact.entry as FileEntry).path.length : 0;
  const breaks = [...text.matchAll(/\n/g)].map(({ index }) => index);
  const between = isFile ? breaks.filter((index) => index === pathLength) : breaks;
  const shift = (offset: number): number =>
    offset + between.filter((index) => index < offset).length * (separator.length - 1);
  const line = between.reduceRight(
    (joined, index) => joined.slice(0, index) + separator + joined.slice(index + 1),
    text,
  );
  return snippetOf(
    line,
    marked.map(([start, end]) => [shift(start), shift(end)]),
  );
}

/** Where a fact stands, and what is shown of it. */
export function placeOf(
  { feature, key, entry }: MatchedFact,
  { snippet, marks, line }: Snippet & { line?: number },
): Pick<Evidence, 'feature' | 'key' | 'path' | 'line' | 'snippet' | 'marks'> {
  return {
    feature,
    key,
    ...(feature === 'file' ? { path: (entry as FileEntry).path } : {}),
    ...(line === undefined ? {} : { line }),
    snippet,
    marks,
  };
}

/** The address by which finds on one line are evidence: the one related most closely. */
function addressOf(
  fact: MatchedFact,
  finds: readonly Find[],
): Partial<Pick<Evidence, 'address' | 'relation' | 'role'>> {
  const [closest] = finds.filter(({ written }) => written !== null).sort((a, b) => rank(a) - rank(b));
  return closest?.written ? { ...closest.written, role: roleOf(fact, closest.range[0]) } : {};
}

/** What an address or name that stands at an offset of the entry's own text is to the system. */
export function roleOf({ feature, key, entry }: MatchedFact, start: number): Role {
  if (feature === 'interface' || feature === 'os') return 'owns';
  if (feature !== 'connection') return 'references';
  const { local, remote, state } = entry as ConnectionEntry;
  const [ends = ''] = entryText(feature, key, entry).split('\n', 1);
  // The path of a unix socket, and who holds it, stand in lines of their own.
  if ((local === undefined && remote === undefined) || start >= ends.length) return 'references';
  const remoteStart = local === undefined ? 0 : ends.indexOf(' → ');
  if (remote !== undefined && start >= remoteStart) return 'connects-to';
  return state === 'listening' ? 'listens' : 'owns';
}

function rank({ written }: Find): number {
  return written === null ? 0 : RELATION_ORDER.indexOf(written.relation);
}

function ranges(finds: readonly Find[]): Range[] {
  return finds.map(({ range }) => range);
}

/** What a fact that is evidence of a change did; see Evidence. */
function changeOf(
  { validTo }: MatchedFact,
  satisfied: readonly Leaf[],
  at: string | null,
): Pick<Evidence, 'change'> {
  const spans = satisfied.filter((leaf) => leaf.leaf === 'changed');
  if (spans.length === 0) return {};
  const end = validTo === null ? Infinity : Date.parse(validTo);
  const ended = spans.some(({ after, until }) => {
    const last = [until, at].flatMap((instant) => (instant === null ? [] : [Date.parse(instant)]));
    return validTo !== null && end > Date.parse(after) && last.every((instant) => end <= instant);
  });
  return { change: ended ? 'ended' : 'began' };
}

/** Since when and until when a fact holds. */
export function validityOf({ validFrom, validTo }: MatchedFact): Pick<Evidence, 'validFrom' | 'validTo'> {
  return { validFrom, validTo };
}
