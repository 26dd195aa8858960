// The engine that an engine is compared with: keeps everything in memory, and looks at each fact each time.
import { cursorAfter, inOrder, markOf } from '../../../indexer/engines/cursor.ts';
import { PlanTree } from '../../../indexer/engines/plan-tree.ts';
import { factWeight, leafWeight, rarity, score } from '../../../indexer/engines/ranking.ts';
import type {
  Applied,
  EngineAnswer,
  Fact,
  FactQuery,
  FrameLine,
  SystemState,
} from '../../../indexer/engines/search-engine.ts';
import { globToRegExp, matchesEntry, matchText } from '../../../indexer/terms/match.ts';
import { foldCase } from '../../../indexer/terms/words.ts';
import type { FileEntry } from '../../../schemas/entries.ts';
import type { Leaf, SearchPlan } from '../../../schemas/plan.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import { facet, prefixOf, shown, type Satisfied } from './oracle-answer.ts';
import { changed, factsOf, holdsAt, update, type OracleFact } from './oracle-facts.ts';
import { stateAt, stored, type StoredFrame } from './oracle-systems.ts';

interface OracleSystem {
  readonly frames: StoredFrame[];
  readonly facts: OracleFact[];
}

interface Candidate {
  readonly ref: SystemRef;
  readonly asOf: string;
  readonly frame: 'complete' | 'partial';
  readonly held: OracleFact[];
  readonly satisfied: Satisfied[];
  readonly best: ReadonlyMap<number, number>;
}

export class Oracle {
  readonly #systems = new Map<string, OracleSystem>();

  /** Takes whole frames only: a delta is to be told as the whole that it stands for. */
  apply(lines: readonly FrameLine[]): Applied {
    const frame = stored(lines);
    const { header, end, at } = frame;
    const system = this.#systems.get(header.system.id) ?? { frames: [], facts: [] };
    const nothing = { opened: 0, closed: 0, kept: 0 };
    const every = [...this.#systems.values()].flatMap(({ frames }) => frames);
    if (every.some((known) => known.header.id === header.id)) return { outcome: 'known', ...nothing };
    if (system.frames.some((known) => known.end.status !== 'failed' && known.at >= at)) {
      return { outcome: 'older', ...nothing };
    }
    this.#systems.set(header.system.id, system);
    system.frames.push(frame);
    if (end.status === 'failed') return { outcome: 'applied', ...nothing };
    return { outcome: 'applied', ...update(system.facts, frame) };
  }

  systems(at: string | null): SystemState[] {
    return [...this.#systems.values()]
      .flatMap(({ frames }) => stateAt(frames, at) ?? [])
      .sort((a, b) => (a.system.id < b.system.id ? -1 : 1));
  }

  facts(id: string, query: FactQuery): Fact[] {
    return factsOf(this.#systems.get(id)?.facts ?? [], query);
  }

  /** Id of the system's newest frame with entries. */
  newest(id: string): string | null {
    return this.systems(null).find(({ system }) => system.id === id)?.frame?.header.id ?? null;
  }

  search(plan: SearchPlan): EngineAnswer {
    const tree = new PlanTree(plan.where);
    const candidates = this.#candidates(tree, plan.at);
    const terms = tree.leaves.map(({ term }) => term);
    const after = markOf(plan.cursor, tree.leaves.length);
    const counted = tree.leaves.map((planned) => {
      const matching = candidates.filter(({ best }) =>
        [...best.keys()].some((leaf) => terms[leaf] === planned.term),
      );
      return rarity(matching.length, candidates.length) * leafWeight(planned.leaf);
    });
    const rarities = after?.rarities ?? counted;
    const answering = candidates
      .filter(({ best }) => tree.holds((leaf) => best.has(leaf)))
      .map((candidate) => {
        const support = tree.support((leaf) => candidate.best.has(leaf));
        const parts = support.map((leaf) => ({ rarity: rarities[leaf]!, weight: candidate.best.get(leaf)! }));
        return { ...candidate, id: candidate.ref.id, score: score(parts), support };
      })
      .sort(inOrder);
    const rest = answering.filter((one) => after === null || inOrder(one, after) > 0);
    const page = rest.slice(0, plan.limit ?? undefined);
    return {
      total: answering.length,
      systems: page.map(({ ref, score: points, asOf, frame, satisfied, support }) => {
        const facts = shown(satisfied, support, { rarities, terms });
        const listed = facts.slice(0, plan.evidence ?? undefined);
        return {
          system: ref,
          score: points,
          asOf,
          frame,
          facts: listed,
          moreFacts: facts.length - listed.length,
        };
      }),
      facets: plan.facets.map(({ field, size }) => facet(field, size, answering)),
      cursor: page.length > 0 && page.length < rest.length ? cursorAfter(page.at(-1)!, rarities) : null,
    };
  }

  #candidates(tree: PlanTree, at: string | null): Candidate[] {
    return [...this.#systems.values()].flatMap(({ frames, facts }) => {
      const usable = frames.filter(
        (frame) => frame.end.status !== 'failed' && (at === null || frame.at <= Date.parse(at)),
      );
      usable.sort((a, b) => a.at - b.at);
      const [oldest, newest] = [usable.at(0), usable.at(-1)];
      if (oldest === undefined || newest === undefined) return [];
      const ref = newest.header.system;
      const held = facts.filter((fact) => holdsAt(fact, at));
      const satisfied = facts
        .map((fact) => ({ fact, leaves: satisfiedLeaves(tree, fact, { first: oldest.at, at }) }))
        .filter(({ leaves }) => leaves.size > 0);
      const best = new Map<number, number>();
      for (const { leaves } of satisfied) {
        for (const [leaf, { weight }] of leaves) best.set(leaf, Math.max(best.get(leaf) ?? 0, weight));
      }
      for (const [number, { leaf }] of tree.leaves.entries())
        if (matchesSystem(leaf, ref)) best.set(number, 1);
      const frame = newest.end.status === 'partial' ? ('partial' as const) : ('complete' as const);
      return [{ ref, asOf: new Date(newest.at).toISOString(), frame, held, satisfied, best }];
    });
  }
}

/** A fact that does not hold at the instant satisfies none but leaves that ask for changes. */
function satisfiedLeaves(
  tree: PlanTree,
  fact: OracleFact,
  time: { first: number; at: string | null },
): Satisfied['leaves'] {
  const found = new Map<number, { weight: number; inContent: boolean }>();
  const holds = holdsAt(fact, time.at);
  for (const [number, { leaf }] of tree.leaves.entries()) {
    const inContent = holds && matchesContent(leaf, fact);
    const inEntry =
      (holds && matchesEntry(leaf, fact.feature, fact.key, fact.entry)) || changed(leaf, fact, time);
    if (inContent || inEntry) {
      found.set(number, { weight: factWeight(fact.feature, prefixOf(fact), inEntry), inContent });
    }
  }
  return found;
}

function matchesContent(leaf: Leaf, { feature, entry }: OracleFact): boolean {
  const text = feature === 'file' ? (entry as FileEntry).content?.text : undefined;
  if (text === undefined || (leaf.leaf !== 'field' && (leaf.feature ?? 'file') !== 'file')) return false;
  if ((leaf.leaf === 'word' || leaf.leaf === 'phrase') && leaf.within === 'entry') return false;
  return matchText(leaf, text).length > 0;
}

function matchesSystem(leaf: Leaf, { id, name, kind, labels }: SystemRef): boolean {
  if (leaf.leaf !== 'field') return false;
  const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const fields: Record<string, string[]> = { system: [id, name], kind: [kind], label };
  const values = (fields[leaf.field] ?? []).map(foldCase);
  if (leaf.op === 'exists') return values.length > 0;
  const asked = leaf.value ?? '';
  return values.some((value) =>
    leaf.op === 'is' ? value === foldCase(asked) : globToRegExp(asked).test(value),
  );
}
