// What a conformance test stands on: an engine in a folder of its own, and short ways to ask it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Index } from '../../../indexer/engines/index-keeping.ts';
import type { Applied, EngineAnswer, Fact, SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { Feature } from '../../../schemas/entries.ts';
import type { FacetField, Leaf, PlanNode, SearchPlan } from '../../../schemas/plan.ts';
import { frameLines, instant, stream, type FrameSketch } from './frames.ts';

/** Opens the engine under test in a folder. */
export type OpenEngine = (folder: string) => Index | Promise<Index>;

export const NO_SIGNAL = new AbortController().signal;

/** Runs a test with an engine over an empty folder, and removes both. */
export async function withEngine<T>(
  open: OpenEngine,
  run: (engine: Index, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'unfold-engine-'));
  const engine = await open(folder);
  try {
    return await run(engine, folder);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function apply(engine: SearchEngine, sketch: FrameSketch): Promise<Applied> {
  return engine.apply(stream(frameLines(sketch)), NO_SIGNAL);
}

export function plan(where: PlanNode, more: Partial<SearchPlan> = {}): SearchPlan {
  return {
    schema: 'unfold.plan/1',
    where,
    at: null,
    limit: null,
    cursor: null,
    evidence: null,
    facets: [],
    ...more,
  };
}

export function search(
  engine: SearchEngine,
  where: PlanNode,
  more: Partial<SearchPlan> = {},
): Promise<EngineAnswer> {
  return engine.search(plan(where, more), NO_SIGNAL);
}

/** Names of the systems in the answer, in its order. */
export async function names(
  engine: SearchEngine,
  where: PlanNode,
  more: Partial<SearchPlan> = {},
): Promise<string[]> {
  return (await search(engine, where, more)).systems.map(({ system }) => system.name);
}

/** `SYSTEM KEY` of every fact of the answer, sorted. */
export async function facts(
  engine: SearchEngine,
  where: PlanNode,
  more: Partial<SearchPlan> = {},
): Promise<string[]> {
  const { systems } = await search(engine, where, more);
  return systems
    .flatMap(({ system, facts: found }) => found.map(({ key }) => `${system.name} ${key}`))
    .sort();
}

export function held(engine: SearchEngine, system: string, at: string | null = null): Promise<Fact[]> {
  return factsAt(engine, `rootfs:host1/srv/${system}`, at);
}

/** Facts of the system with an id, with texts. */
export async function factsAt(engine: SearchEngine, id: string, at: string | null): Promise<Fact[]> {
  const found: Fact[] = [];
  for await (const fact of engine.facts(id, { span: { at }, texts: true }, NO_SIGNAL)) found.push(fact);
  return found;
}

export function word(text: string, more: Partial<Extract<Leaf, { leaf: 'word' }>> = {}): PlanNode {
  return { leaf: { leaf: 'word', word: text, within: 'any', ...more } };
}

export function phrase(text: string, within: 'content' | 'entry' | 'any' = 'any'): PlanNode {
  return { leaf: { leaf: 'phrase', text, within } };
}

export function field(name: string, value?: string, op: 'is' | 'glob' | 'exists' = 'is'): PlanNode {
  return { leaf: { leaf: 'field', field: name, op, ...(value === undefined ? {} : { value }) } };
}

/** Changes after a day of January 2026 (at noon), up to another one or to the answer's instant. */
export function changed(after: number, until: number | null = null, feature?: Feature): PlanNode {
  const span = { after: instant(after), until: until === null ? null : instant(until) };
  return { leaf: { leaf: 'changed', ...span, ...(feature === undefined ? {} : { feature }) } };
}

export const ALL_RELATIONS = ['exact', 'contained', 'containing', 'overlapping'] as const;

export function address(
  range: { low: string; high: string },
  relations: Extract<Leaf, { leaf: 'address' }>['relations'] = [...ALL_RELATIONS],
): PlanNode {
  return { leaf: { leaf: 'address', low: range.low, high: range.high, relations } };
}

export const ALL_FACETS = (['kind', 'os', 'package', 'directory', 'feature'] as FacetField[]).map((name) => ({
  field: name,
  size: 2,
}));
