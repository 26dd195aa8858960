// Two states → their facts side by side, as two sorted streams are merged: one pair at a time is in memory.
import type { Feature } from '../../schemas/entries.ts';
import type { Fact } from '../../indexer/engines/search-engine.ts';
import type { ComparableIndex } from './ends.ts';

/** A state: of a system, at the instant of one of its frames. */
export interface State {
  readonly system: string;
  readonly at: string;
}

/** What each state has under a key; one of them may have nothing. */
export interface Pair {
  readonly key: string;
  readonly from: Fact | null;
  readonly to: Fact | null;
  /** When the one took the place of the other; null for two systems. */
  readonly at: string | null;
}

/** Which pairs. */
interface PairOptions {
  readonly feature: Feature;
  /** Texts are wanted: of one system they come along, as every fact is one that differs. */
  readonly texts: boolean;
  readonly signal: AbortSignal;
}

/** What differs between two states, in the order of keys; of two systems also what does not. */
export function pairs(
  engine: ComparableIndex,
  [from, to]: readonly [State, State],
  { feature, texts, signal }: PairOptions,
): AsyncIterable<Pair> {
  if (from.system === to.system) return pairsOfOne(engine, [from, to], { feature, texts, signal });
  const facts = ({ system, at }: State): AsyncIterable<Fact> =>
    engine.facts(system, { span: { at }, texts: false, feature }, signal);
  return merged(facts(from), facts(to));
}

/** What a key had in the earlier state, and in the later one. */
interface Group {
  readonly key: string;
  first: Fact | null;
  last: Fact | null;
}

/** Between two states of one system only facts that began or ended differ. */
async function* pairsOfOne(
  engine: ComparableIndex,
  [from, to]: readonly [State, State],
  { feature, texts, signal }: PairOptions,
): AsyncGenerator<Pair> {
  if (from.at === to.at) return;
  const backwards = Date.parse(from.at) > Date.parse(to.at);
  const [earlier, later] = backwards ? [to, from] : [from, to];
  const span = { after: earlier.at, until: later.at };
  const paired = ({ key, first, last }: Group): Pair => {
    const at = last?.validFrom ?? first?.validTo ?? null;
    return backwards ? { key, from: last, to: first, at } : { key, from: first, to: last, at };
  };
  let group: Group | null = null;
  for await (const fact of engine.facts(from.system, { span, texts, feature }, signal)) {
    if (group !== null && group.key !== fact.key) {
      yield paired(group);
      group = null;
    }
    group ??= { key: fact.key, first: null, last: null };
    // What began and ended in between is in neither state.
    if (Date.parse(fact.validFrom) <= Date.parse(earlier.at)) group.first = fact;
    else if (fact.validTo === null || Date.parse(fact.validTo) > Date.parse(later.at)) group.last = fact;
  }
  if (group !== null) yield paired(group);
}

async function* merged(from: AsyncIterable<Fact>, to: AsyncIterable<Fact>): AsyncGenerator<Pair> {
  const [left, right] = [from[Symbol.asyncIterator](), to[Symbol.asyncIterator]()];
  try {
    let [a, b] = [await next(left), await next(right)];
    while (a !== null || b !== null) {
      const pair = firstOf(a, b);
      yield pair;
      if (pair.from !== null) a = await next(left);
      if (pair.to !== null) b = await next(right);
    }
  } finally {
    await left.return?.();
    await right.return?.();
  }
}

/** The pair of the key that comes first. */
function firstOf(a: Fact | null, b: Fact | null): Pair {
  const order = a === null ? 1 : b === null ? -1 : byBytes(a.key, b.key);
  const [from, to] = [order <= 0 ? a : null, order >= 0 ? b : null];
  return { key: (from ?? to)?.key ?? '', from, to, at: null };
}

async function next(facts: AsyncIterator<Fact>): Promise<Fact | null> {
  const result = await facts.next();
  return result.done === true ? null : result.value;
}

/** The order of keys: that of their UTF-8 bytes. */
function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
