// The engine that an engine is compared with: keeps everything in memory, and looks at each fact each time.
import { createHash } from 'node:crypto';
import { cursorAfter, inOrder, markOf } from '../../../indexer/engines/cursor.ts';
import { PlanTree, type SystemTruth } from '../../../indexer/engines/plan-tree.ts';
import { closeness, rarity, score, type Match } from '../../../indexer/engines/ranking.ts';
import type {
  Applied,
  EngineAnswer,
  Fact,
  FactQuery,
  FrameLine,
  SystemState,
} from '../../../indexer/engines/search-engine.ts';
import { matchesEntry, matchesValue, matchText } from '../../../indexer/terms/match.ts';
import type { Entry, Feature, FileEntry } from '../../../schemas/entries.ts';
import type { Leaf, SearchPlan } from '../../../schemas/plan.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import { groupsOf, holdsFor, type OracleGroup } from './oracle-groups.ts';
import { facet, narrowedTo, shown, type Satisfied } from './oracle-answer.ts';
import { changed, factsOf, holdsAt, update, type OracleFact } from './oracle-facts.ts';
import { stateAt, stored, type StoredFrame } from './oracle-systems.ts';
import { isCalled, weightOf, worthsOf } from './oracle-worths.ts';

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
  readonly truth: SystemTruth;
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
    const candidates = this.#candidates(tree, groupsOf(plan.where), plan.at);
    const terms = tree.leaves.map(({ term }) => term);
    const after = markOf(plan.cursor, tree.leaves.length);
    const counted = tree.leaves.map((planned) => {
      const matching = candidates.filter(({ best }) =>
        [...best.keys()].some((leaf) => terms[leaf] === planned.term),
      );
      return rarity(matching.length, candidates.length) * closeness(planned.leaf);
    });
    const rarities = after?.rarities ?? counted;
    const all = candidates
      .filter(({ truth }) => tree.holds(truth) === true)
      .map((candidate) => {
        const support = tree.support(candidate.truth);
        const parts = support.map((leaf) => ({ rarity: rarities[leaf]!, worth: candidate.best.get(leaf)! }));
        return { ...candidate, id: candidate.ref.id, score: score(parts), support };
      })
      .sort(inOrder);
    const narrowed = plan.narrowed ?? [];
    const answering = narrowedTo(all, narrowed);
    const rest = answering.filter((one) => after === null || inOrder(one, after) > 0);
    const page = rest.slice(0, plan.limit ?? undefined);
    return {
      total: answering.length,
      unknown: candidates.filter(({ truth }) => tree.holds(truth) === null).length,
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
      facets: plan.facets.map((wanted) => facet(wanted, narrowedTo(all, narrowed, wanted.field))),
      cursor: page.length > 0 && page.length < rest.length ? cursorAfter(page.at(-1)!, rarities) : null,
    };
  }

  #candidates(tree: PlanTree, groups: readonly OracleGroup[], at: string | null): Candidate[] {
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
        .map((fact) => ({ fact, leaves: countedLeaves(tree, groups, fact, { first: oldest.at, at }) }))
        .filter(({ leaves }) => leaves.size > 0);
      const terms = tree.leaves.map(({ term }) => term);
      const best = worthsOf(satisfied, terms);
      for (const [number, { leaf }] of tree.leaves.entries())
        if (matchesSystem(leaf, ref)) best.set(number, 1);
      const frame = newest.end.status === 'partial' ? ('partial' as const) : ('complete' as const);
      const told = newest.end.status === 'complete' ? newest.header.features : [];
      const truth = {
        has: (leaf: number) => best.has(leaf),
        tells: (feature: Feature) => told.includes(feature),
      };
      return [{ ref, asOf: new Date(newest.at).toISOString(), frame, held, satisfied, best, truth }];
    });
  }
}

/** Leaves outside of groups, and those of the groups that the fact satisfies as a whole. */
function countedLeaves(
  tree: PlanTree,
  groups: readonly OracleGroup[],
  fact: OracleFact,
  time: { first: number; at: string | null },
): Satisfied['leaves'] {
  const isGrouped = (leaf: number) => groups.some(({ leaves }) => leaves.includes(leaf));
  const counted = new Map([...satisfiedLeaves(tree, fact, time, false)].filter(([leaf]) => !isGrouped(leaf)));
  for (const group of groups) {
    const isChange = (leaf: number) => tree.leaves[leaf]?.leaf.leaf === 'changed';
    const changes = [...satisfiedLeaves(tree, fact, time, false).keys()].some(
      (leaf) => group.leaves.includes(leaf) && isChange(leaf),
    );
    const satisfied = satisfiedLeaves(tree, fact, time, changes);
    if (!holdsFor(group, fact.feature, (leaf) => satisfied.has(leaf))) continue;
    for (const [leaf, how] of satisfied) if (group.asserted.includes(leaf)) counted.set(leaf, how);
  }
  return counted;
}

/** A fact that does not hold at the instant satisfies none but leaves that ask for changes; in a group where one does, all. */
function satisfiedLeaves(
  tree: PlanTree,
  fact: OracleFact,
  time: { first: number; at: string | null },
  asIfHeld: boolean,
): Satisfied['leaves'] {
  const found = new Map<number, { ways: readonly Match[]; weight: number; inContent: boolean }>();
  const holds = asIfHeld || holdsAt(fact, time.at);
  for (const [number, { leaf }] of tree.leaves.entries()) {
    const inContent = holds && matchesContent(leaf, fact);
    const inEntry =
      (holds && matchesEntry(leaf, fact.feature, fact.key, fact.entry)) || changed(leaf, fact, time);
    const isNamed = holds && inEntry && isCalled(leaf, fact);
    const ways = waysOf({ content: inContent, entry: inEntry, name: isNamed });
    if (ways.length > 0) found.set(number, { ways, weight: weightOf(fact, ways), inContent });
  }
  return found;
}

function waysOf(has: Readonly<Record<Match, boolean>>): Match[] {
  return (['content', 'entry', 'name'] as const).filter((way) => has[way]);
}

function textOf(feature: Feature, entry: Entry): string | undefined {
  return feature === 'file' ? (entry as FileEntry).content?.text : undefined;
}

function matchesContent(leaf: Leaf, { feature, entry }: OracleFact): boolean {
  const text = textOf(feature, entry);
  if (text === undefined || leaf.leaf === 'feature') return false;
  if (leaf.leaf === 'content') return createHash('sha256').update(text).digest('hex') === leaf.sha256;
  if (leaf.leaf !== 'field' && (leaf.feature ?? 'file') !== 'file') return false;
  if ('within' in leaf && leaf.within === 'entry') return false;
  if (leaf.leaf === 'address' && leaf.field !== undefined) return false;
  return matchText(leaf, text).length > 0;
}

function matchesSystem(leaf: Leaf, { id, name, kind, labels }: SystemRef): boolean {
  if (leaf.leaf !== 'field') return false;
  const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const fields: Record<string, string[]> = { system: [id, name], kind: [kind], label };
  return (fields[leaf.field] ?? []).some((value) => matchesValue(leaf, value));
}
