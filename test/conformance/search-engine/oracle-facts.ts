// How the oracle keeps facts: one list per system, walked from end to end.
import { isDeepStrictEqual } from 'node:util';
import { carriesOver, Closing, isUnread } from '../../../indexer/closing.ts';
import type { Fact, FactQuery } from '../../../indexer/engines/search-engine.ts';
import { Feature, type Entry, type FileEntry } from '../../../schemas/entries.ts';
import type { EntryLine, FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Leaf } from '../../../schemas/plan.ts';
import type { Problem } from '../../../schemas/problem.ts';

export interface OracleFact {
  readonly feature: Feature;
  readonly key: string;
  entry: Entry;
  readonly from: number;
  to: number | null;
}

export interface WholeFrame {
  readonly header: FrameHeader;
  readonly entries: readonly EntryLine[];
  readonly problems: readonly Problem[];
  readonly end: FrameEnd;
  readonly at: number;
}

function nameOf({ feature, key }: { feature: Feature; key: string }): string {
  return `${feature} ${key}`;
}

/** Brings a system's facts up to a frame. */
export function update(
  facts: OracleFact[],
  frame: WholeFrame,
): { opened: number; closed: number; kept: number } {
  const changes = { opened: 0, closed: 0, kept: 0 };
  const closing = new Closing(frame.header);
  for (const problem of frame.problems) closing.problem(problem);
  closing.end(frame.end);
  const open = new Map(facts.filter(({ to }) => to === null).map((fact) => [nameOf(fact), fact]));
  const end = (fact: OracleFact) => {
    fact.to = frame.at;
    changes.closed += 1;
  };
  const seen = new Set<string>();
  for (const line of frame.entries) {
    if (seen.has(nameOf(line))) continue;
    seen.add(nameOf(line));
    const held = open.get(nameOf(line));
    const entry = carried(held, line);
    if (held && same(held.entry, entry)) {
      held.entry = entry;
      changes.kept += 1;
      continue;
    }
    if (held) end(held);
    facts.push({ feature: line.feature, key: line.key, entry, from: frame.at, to: null });
    changes.opened += 1;
  }
  for (const [name, fact] of open) if (!seen.has(name) && closing.ends(fact.feature, fact.key)) end(fact);
  return changes;
}

function carried(held: OracleFact | undefined, { feature, entry: raw }: EntryLine): Entry {
  const entry = raw as Entry;
  if (held === undefined || !isUnread(feature, entry) || same(held.entry, entry)) return entry;
  return carriesOver(held.entry as FileEntry, entry) ?? entry;
}

/** Facts as the port lists them. */
export function factsOf(facts: readonly OracleFact[], { span, texts, feature, key }: FactQuery): Fact[] {
  const within = (fact: OracleFact) => {
    if ('at' in span) return holdsAt(fact, span.at);
    const [after, until] = [Date.parse(span.after), span.until === null ? Infinity : Date.parse(span.until)];
    return [fact.from, fact.to ?? Infinity].some(
      (instant) => instant > after && instant <= until && instant < Infinity,
    );
  };
  return facts
    .filter(
      (fact) => within(fact) && fact.feature === (feature ?? fact.feature) && fact.key === (key ?? fact.key),
    )
    .sort(inOrder)
    .map(({ entry, ...fact }) => ({
      feature: fact.feature,
      key: fact.key,
      entry: texts ? entry : withoutText(entry),
      ...validity(fact),
    }));
}

function inOrder(a: OracleFact, b: OracleFact): number {
  return (
    Feature.options.indexOf(a.feature) - Feature.options.indexOf(b.feature) ||
    Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) ||
    a.from - b.from
  );
}

/** The entry without the text of its content. */
export function withoutText(entry: Entry): Entry {
  const { content, ...rest } = entry as FileEntry;
  if (content === undefined) return entry;
  const about: Partial<typeof content> = { ...content };
  delete about.text;
  return { ...rest, content: about } as Entry;
}

/** Without ctime and inode, which are no news; an instant finer than a millisecond belongs to the entry. */
function withoutStamps(entry: Entry): object {
  const { ctime = '' } = entry as Partial<FileEntry>;
  const isFine = ctime !== '' && new Date(ctime).toISOString() !== ctime;
  return { ...entry, ctime: isFine ? ctime : '', inode: 0 };
}

/** Equal but for what only the system's own file tables say. */
function same(a: Entry, b: Entry): boolean {
  return isDeepStrictEqual(withoutStamps(a), withoutStamps(b));
}

export function holdsAt({ from, to }: OracleFact, at: string | null): boolean {
  if (at === null) return to === null;
  return from <= Date.parse(at) && (to === null || to > Date.parse(at));
}

/**
 * Whether a fact is a change that the leaf asks for, in an answer for the instant `at`: it began in the span after the
 * system's first frame with entries, or it ended in the span.
 */
export function changed(
  leaf: Leaf,
  { feature, from, to }: OracleFact,
  { first, at }: { first: number; at: string | null },
): boolean {
  if (leaf.leaf !== 'changed' || (leaf.feature ?? feature) !== feature) return false;
  const until = Math.min(...[leaf.until, at].map((end) => (end === null ? Infinity : Date.parse(end))));
  const within = (instant: number) => instant > Date.parse(leaf.after) && instant <= until;
  return (within(from) && from > first) || (to !== null && within(to));
}

export function validity({ from, to }: { from: number; to: number | null }): {
  validFrom: string;
  validTo: string | null;
} {
  return {
    validFrom: new Date(from).toISOString(),
    validTo: to === null ? null : new Date(to).toISOString(),
  };
}
