// The documents of `facts`: what holds for a system, a block of entries in each.
import { randomBytes } from 'node:crypto';
import type { Operation } from './bulk.ts';
import { HeldFacts, type ChangedBlock, type PackedBlock } from './held-facts.ts';
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
  const add = (id: string, source: unknown) =>
    packed.set(id, Buffer.from((source as FactsDocument).packed, 'base64'));
  await store.byId('facts', ids, add, ['packed']);
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

/** Which attempts wrote the documents of a block. */
interface Written {
  readonly presence: string;
  readonly stamps: string;
}

/** The documents of blocks that changed. */
export function changeFacts(
  index: string,
  { id, manifest, publication }: SystemRecord,
  held: HeldFacts,
  attempt: string,
): FactsChange {
  const blocks = new Map<number, Written>();
  for (const [block, presence, stamps] of manifest.blocks) {
    const { attempts } = manifest;
    blocks.set(block, { presence: attempts[presence] ?? '', stamps: attempts[stamps] ?? '' });
  }
  const operations: Operation[] = [];
  const superseded: string[] = [];
  const own = { system: systemDocumentId(id), attempt, publication: publication + 1 };
  const write = (documentId: string, packed: Buffer): string => {
    const document: FactsDocument = { ...own, packed: packed.toString('base64') };
    operations.push({ does: 'index', index, id: documentId, document });
    return attempt;
  };
  for (const { block, packed } of held.changed()) {
    const old = blocks.get(block);
    superseded.push(...supersededBy(block, old, packed));
    if (packed === null) {
      blocks.delete(block);
      continue;
    }
    const { presence, stamps } = packed;
    blocks.set(block, {
      presence: presence === null ? (old?.presence ?? '') : write(presenceId(attempt, block), presence),
      stamps: stamps === null ? (old?.stamps ?? '') : write(stampsId(attempt, block), stamps),
    });
  }
  return { manifest: manifestOf(blocks), operations, superseded };
}

/** The documents of a block that are written anew, or not needed any more. */
function supersededBy(block: number, old: Written | undefined, packed: ChangedBlock['packed']): string[] {
  if (old === undefined) return [];
  return [
    ...(packed === null || packed.presence !== null ? [presenceId(old.presence, block)] : []),
    ...(packed === null || packed.stamps !== null ? [stampsId(old.stamps, block)] : []),
  ];
}

function manifestOf(blocks: ReadonlyMap<number, Written>): Manifest {
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
