// The documents of `facts`: what holds for a system, a block of entries in each.
import { randomBytes } from 'node:crypto';
import type { Operation } from './bulk.ts';
import { HeldFacts, type PackedBlock } from './held-facts.ts';
import type { Store } from './store.ts';
import { missing } from './stored-entries.ts';
import { presenceId, stampsId, systemDocumentId, type Manifest, type SystemRecord } from './system-record.ts';

interface FactsDocument {
  readonly system: string;
  readonly attempt: string;
  /** The state of the system that it was written for. */
  readonly publication: number;
  /** Base64. */
  readonly packed: string;
}

/** A name that nobody else gives. */
export function newAttempt(): string {
  return randomBytes(12).toString('base64url');
}

/** The ids of a state's documents, with their blocks. */
export function* manifestIds({
  attempts,
  blocks,
}: Manifest): Generator<{ block: number; presence: string; stamps: string }> {
  for (const [block, presence, stamps] of blocks) {
    yield {
      block,
      presence: presenceId(attempts[presence] ?? '', block),
      stamps: stampsId(attempts[stamps] ?? '', block),
    };
  }
}

/** Reads documents by their ids. Throws where one is missing. */
export async function readPacked(store: Store, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const packed = new Map<string, Buffer>();
  const add = (id: string, document: FactsDocument) => packed.set(id, Buffer.from(document.packed, 'base64'));
  await store.byId<FactsDocument>('facts', ids, add, ['packed']);
  for (const id of ids) if (!packed.has(id)) throw missing(`facts ${id}`);
  return packed;
}

/** What holds for a system. */
export async function readHeld(store: Store, manifest: Manifest): Promise<HeldFacts> {
  const held = new HeldFacts();
  const ids = [...manifestIds(manifest)];
  const packed = await readPacked(
    store,
    ids.flatMap(({ presence, stamps }) => [presence, stamps]),
  );
  for (const { block, presence, stamps } of ids) {
    const parts = { presence: packed.get(presence), stamps: packed.get(stamps) };
    held.load(block, parts as PackedBlock);
  }
  return held;
}

/** What a new state needs that the one before did not have. */
export interface FactsChange {
  readonly manifest: Manifest;
  readonly operations: Operation[];
  /** Ids that only the state before needs. */
  readonly superseded: string[];
}

/** The documents of blocks that changed. */
export function changeFacts(
  index: string,
  { id, manifest, publication }: SystemRecord,
  held: HeldFacts,
  attempt: string,
): FactsChange {
  const before = new Map(
    manifest.blocks.map(([block, presence, stamps]) => [
      block,
      { presence: manifest.attempts[presence] ?? '', stamps: manifest.attempts[stamps] ?? '' },
    ]),
  );
  const now = new Map(before);
  const operations: Operation[] = [];
  const superseded: string[] = [];
  const system = systemDocumentId(id);
  const write = (documentId: string, packed: Buffer) => {
    const document: FactsDocument = {
      system,
      attempt,
      publication: publication + 1,
      packed: packed.toString('base64'),
    };
    operations.push({ does: 'index', index, id: documentId, document });
  };
  for (const { block, packed } of held.changed()) {
    const old = before.get(block);
    if (old && packed?.presence !== null) superseded.push(presenceId(old.presence, block));
    if (old && packed?.stamps !== null) superseded.push(stampsId(old.stamps, block));
    if (packed === null) {
      now.delete(block);
      continue;
    }
    if (packed.presence) write(presenceId(attempt, block), packed.presence);
    if (packed.stamps) write(stampsId(attempt, block), packed.stamps);
    now.set(block, {
      presence: packed.presence ? attempt : (old?.presence ?? attempt),
      stamps: packed.stamps ? attempt : (old?.stamps ?? attempt),
    });
  }
  return { manifest: manifestOf(now), operations, superseded };
}

function manifestOf(blocks: ReadonlyMap<number, { presence: string; stamps: string }>): Manifest {
  const attempts: string[] = [];
  const numbers = new Map<string, number>();
  const number = (attempt: string): number => {
    const known = numbers.get(attempt) ?? attempts.push(attempt) - 1;
    numbers.set(attempt, known);
    return known;
  };
  const listed = [...blocks].map(
    ([block, { presence, stamps }]) => [block, number(presence), number(stamps)] as const,
  );
  return { attempts, blocks: listed };
}
