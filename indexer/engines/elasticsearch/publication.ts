// Publishing: a system's new state becomes visible with one write of its document, or not at all.
import { errors, type Client } from '@elastic/elasticsearch';
import { UnfoldError } from '../../../schemas/error.ts';
import { writeAll, type Operation } from './bulk.ts';
import { requireDocumentAnswer } from './errors.ts';
import type { Names } from './indices.ts';
import { isPassing, Patience, patiently } from './patience.ts';
import { emptyRecord, partId, systemDocumentId, type SystemRecord } from './system-record.ts';

/** A system's state with what tells whether somebody else has changed it since. */
export interface Basis {
  readonly record: SystemRecord;
  /** Null where the index has no document of the system. */
  readonly version: { readonly seqNo: number; readonly primaryTerm: number } | null;
}

/** The document of a system. */
interface SystemDocument {
  readonly frames: readonly string[];
  readonly gone: boolean;
  readonly record: SystemRecord;
}

/** The state of a system as it is now, refreshed or not. */
export async function readBasis(
  client: Client,
  names: Names,
  system: string,
  signal: AbortSignal,
): Promise<Basis> {
  const answer = await patiently(signal, () =>
    client.get<SystemDocument>(
      { index: names.systems, id: systemDocumentId(system) },
      { signal, ignore: [404] },
    ),
  );
  requireDocumentAnswer(answer);
  const record = answer._source?.record;
  if (!answer.found || record === undefined) return { record: emptyRecord(system, 0), version: null };
  const version = { seqNo: answer._seq_no ?? 0, primaryTerm: answer._primary_term ?? 0 };
  return { record: record.gone ? emptyRecord(system, record.publication) : record, version };
}

/** What marks frames as published. */
export function markOperations(names: Names, frames: SystemRecord['unmarked']): Operation[] {
  return frames.flatMap(({ attempt, endedParts }) =>
    [attempt, ...Array.from({ length: endedParts }, (_, part) => partId(attempt, 'ended', part))].map(
      (id) => ({
        does: 'update' as const,
        index: names.frames,
        id,
        document: { published: true },
      }),
    ),
  );
}

/**
 * Makes the new state the system's, for every reader from then on. What it names has to be written before. Throws
 * UNFOLD_ENGINE_CONFLICT where somebody else changed the system since `basis` was read.
 */
export async function publish(
  client: Client,
  names: Names,
  { version }: Basis,
  record: SystemRecord,
  signal: AbortSignal,
): Promise<void> {
  const document: SystemDocument = {
    frames: record.unmarked.map(({ frame }) => frame),
    gone: record.gone,
    record,
  };
  const request = {
    index: names.systems,
    id: systemDocumentId(record.id),
    refresh: true,
    document,
    ...(version === null
      ? { op_type: 'create' as const }
      : { if_seq_no: version.seqNo, if_primary_term: version.primaryTerm }),
  };
  const patience = new Patience(signal);
  for (let tries = 0; ; tries += 1) {
    try {
      await client.index(request, { signal, maxRetries: 0 });
      return;
    } catch (error) {
      // Of a write without an answer nobody knows whether it was done: the next try then conflicts with our own.
      const isConflict = error instanceof errors.ResponseError && error.statusCode === 409;
      if (isConflict && tries > 0 && (await isPublished(client, names, record, signal))) return;
      if (isConflict) throw conflict(record);
      signal.throwIfAborted();
      if (!isPassing(error) || !(await patience.wait())) throw error;
    }
  }
}

/** True where the state of the index is the very one that was to be published; then it is refreshed too. */
async function isPublished(
  client: Client,
  names: Names,
  record: SystemRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { record: now } = await readBasis(client, names, record.id, signal);
  if (JSON.stringify(now) !== JSON.stringify(record)) return false;
  await patiently(signal, () => client.indices.refresh({ index: names.systems }, { signal }));
  return true;
}

/** The error for a system, or for entries of it, that others changed or removed meanwhile. */
export function conflict({ id }: SystemRecord): UnfoldError {
  return new UnfoldError('UNFOLD_ENGINE_CONFLICT', `another indexer wrote the system ${id} meanwhile`);
}

/** Removes documents of facts that no state names any more. */
export async function removeFacts(
  client: Client,
  names: Names,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const operations = ids.map((id) => ({ does: 'delete' as const, index: names.facts, id }));
  await writeAll(client, operations, signal);
}
