// The facts of one system, a page at a time or all of them.
import type { FactsAnswer } from '../schemas/api.ts';
import { Feature } from '../schemas/entries.ts';
import type { Fact, FactQuery } from '../indexer/engines/search-engine.ts';
import { markedPosition, pageMark } from './page-mark.ts';
import type { PageOptions } from './systems.ts';
import type { AskableIndex } from './restricted.ts';

/** Which facts. */
export type FactsOptions = FactQuery & { readonly signal: AbortSignal };

/** A page of facts of the system with this id. Throws UNFOLD_SYSTEM_UNKNOWN. */
export async function listFacts(
  engine: AskableIndex,
  system: string,
  { limit, cursor, signal, ...query }: FactsOptions & PageOptions,
): Promise<FactsAnswer> {
  const started = performance.now();
  const facts: Fact[] = [];
  let more = false;
  for await (const fact of factsAfter(engine, system, { ...query, signal }, markedPosition(cursor, 3))) {
    if (limit !== null && facts.length === limit) {
      more = true;
      break;
    }
    facts.push(fact);
  }
  const last = facts.at(-1);
  return {
    schema: 'unfold.facts/1',
    at: instantOf(query.span),
    tookMs: Math.round((performance.now() - started) * 10) / 10,
    system,
    facts,
    cursor: more && last !== undefined ? pageMark([last.feature, last.key, last.validFrom]) : null,
  };
}

/** Facts after a position: whole features before it are not read at all. */
async function* factsAfter(
  engine: AskableIndex,
  system: string,
  { signal, ...query }: FactsOptions,
  position: readonly string[] | null,
): AsyncGenerator<Fact> {
  if (position === null) {
    yield* engine.facts(system, query, signal);
    return;
  }
  const [feature = '', key = '', from = ''] = position;
  const features = query.feature === undefined ? Feature.options : [query.feature];
  for (const current of features.slice(Math.max(0, features.indexOf(feature as Feature)))) {
    for await (const fact of engine.facts(system, { ...query, feature: current }, signal)) {
      if (current !== feature || isAfter(fact, key, from)) yield fact;
    }
  }
}

/** Order of facts: key by its UTF-8 bytes, then beginning. */
function isAfter(fact: Fact, key: string, from: string): boolean {
  const order = Buffer.compare(Buffer.from(fact.key), Buffer.from(key));
  return order === 0 ? fact.validFrom > from : order > 0;
}

function instantOf(span: FactQuery['span']): string {
  const instant = 'at' in span ? span.at : span.until;
  return instant ?? new Date().toISOString();
}
