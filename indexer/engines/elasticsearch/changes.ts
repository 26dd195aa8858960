// Facts that changed in a span of time: found by what holds, and by what ended with the frames of the span.
import type { Leaf } from '../../../schemas/plan.ts';
import type { NumberedLeaf } from '../plan-tree.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { featureOf, featureOfBlock } from './entry-numbers.ts';
import type { EndedSince, Scope } from './scope.ts';
import { pastFacts, type PastFact } from './past.ts';
import { presenceId } from './system-record.ts';
import type { AnsweringSystem } from './systems.ts';

type ChangedLeaf = Extract<Leaf, { leaf: 'changed' }>;

/** A fact of a system that changed. */
export interface Change {
  readonly number: number;
  /** The fact, if it does not hold at the answer's instant; else null. */
  readonly past: PastFact | null;
  /** Numbers of the leaves that ask for it. */
  readonly leaves: number[];
}

/** A leaf that asks for changes after one instant up to another. */
interface Asked {
  readonly leaf: number;
  readonly feature: ChangedLeaf['feature'];
  readonly after: number;
  readonly until: number;
}

/** The changes of each system that the leaves ask for. Null where none does. */
export async function changesOf(
  scope: Scope,
  leaves: readonly NumberedLeaf[],
  endedSince: EndedSince,
): Promise<Change[][] | null> {
  const asked = leaves.flatMap(({ leaf }, number) =>
    leaf.leaf === 'changed' ? [askedBy(leaf, number, scope.at)] : [],
  );
  if (asked.length === 0) return null;
  const changes = scope.systems.map(() => new Map<string, Change>());
  const add = (system: number, number: number, past: PastFact | null, leaf: number) => {
    const name = `${number} ${past?.began ?? ''}`;
    const known = changes[system]?.get(name);
    if (known === undefined) changes[system]?.set(name, { number, past, leaves: [leaf] });
    else if (!known.leaves.includes(leaf)) known.leaves.push(leaf);
  };
  await addBegun(scope, asked, add);
  await addEnded(scope, asked, add, endedSince);
  return changes.map((some) => [...some.values()]);
}

type Add = (system: number, number: number, past: PastFact | null, leaf: number) => void;

function askedBy({ after, until, feature }: ChangedLeaf, leaf: number, at: number | null): Asked {
  const end = until === null ? Infinity : Date.parse(until);
  return { leaf, feature, after: Date.parse(after), until: Math.min(end, at ?? Infinity) };
}

function isOf({ feature }: Asked, number: number): boolean {
  return feature === undefined || feature === featureOf(number);
}

/** What a system's first frame shows is no change. */
function isBegun({ after, until }: Asked, { record }: AnsweringSystem, began: number): boolean {
  return began > Math.max(after, record.first ?? Infinity) && began <= until;
}

/** Facts that hold now and began in a span. Facts begin with frames alone. */
async function addBegun(
  { store, packed: cache, systems }: Scope,
  asked: readonly Asked[],
  add: Add,
): Promise<void> {
  const wanted = systems.flatMap((system, index) => {
    const { manifest, newest } = system.record;
    const own = asked.filter(({ after }) => Date.parse(newest?.header.at ?? '') > after);
    return manifest.blocks.flatMap(([block, attempt]) => {
      const feature = featureOfBlock(block);
      const leaves = own.filter((one) => one.feature === undefined || one.feature === feature);
      const id = presenceId(manifest.attempts[attempt] ?? '', block);
      return leaves.length === 0 ? [] : [{ system, index, block, id, leaves }];
    });
  });
  const packed = await cache.read(
    store,
    wanted.map(({ id }) => id),
  );
  for (const { system, index, block, id, leaves } of wanted) {
    for (const one of leaves) {
      unpackBlock(
        packed.get(id) ?? new Uint8Array(),
        (offset) => {
          add(index, block * BLOCK_SIZE + offset, null, one.leaf);
        },
        (began) => isBegun(one, system, began),
      );
    }
  }
}

/** Facts that ended in a span, or began in it and ended since. */
async function addEnded(
  { store, systems, at }: Scope,
  asked: readonly Asked[],
  add: Add,
  endedSince: EndedSince,
): Promise<void> {
  const records = systems.map(({ record }) => record);
  const after = Math.min(...asked.map((one) => one.after));
  for await (const fact of pastFacts(store, records, { after })) {
    const { system: index, number, began, ended } = fact;
    const system = systems[index];
    if (system === undefined) continue;
    for (const one of asked) {
      if (!isOf(one, number) || ended <= one.after) continue;
      if (ended > one.until && !isBegun(one, system, began)) continue;
      const holds = at !== null && ended > at;
      if (holds) endedSince.add(fact);
      add(index, number, holds ? null : fact, one.leaf);
    }
  }
}
