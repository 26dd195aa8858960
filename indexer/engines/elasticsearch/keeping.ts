// What is in the index, and what it remembers of a system's frames.
import type { FrameRecord, IndexStatus } from '../index-keeping.ts';
import { readProblems, type FrameDocument } from './frame-documents.ts';
import { FORMAT } from './indices.ts';
import { published } from './past.ts';
import type { Store } from './store.ts';
import { isPartOf, systemDocumentId, type SystemRecord } from './system-record.ts';

const FRAME_PAGE = 200;

interface Sums {
  readonly frames: { readonly doc_count: number };
  readonly oldest: { readonly value: number | null };
  readonly newest: { readonly value: number | null };
  readonly past: { readonly value: number | null };
}

/** What is in the index, of the systems as they are in `records`. */
export async function indexStatus(store: Store, records: readonly SystemRecord[]): Promise<IndexStatus> {
  const ofFrames = { bool: { filter: [{ terms: { kind: ['frame', 'ended'] } }, published(records)] } };
  const [sums, contents, stats] = await Promise.all([
    store.aggregate('frames', ofFrames, {
      frames: { filter: { term: { kind: 'frame' } } },
      oldest: { min: { field: 'at' } },
      newest: { max: { field: 'at' } },
      past: { sum: { field: 'count' } },
    }) as Promise<Sums>,
    store.aggregate(
      'contents',
      { match_all: {} },
      {
        count: { value_count: { field: 'bytes' } },
        bytes: { sum: { field: 'bytes' } },
      },
    ) as Promise<Record<'count' | 'bytes', { readonly value: number }>>,
    store.patiently(() =>
      store.client.indices.stats(
        { index: Object.values(store.names), metric: 'store' },
        { signal: store.signal },
      ),
    ),
  ]);
  return {
    engine: 'elasticsearch',
    format: FORMAT,
    systems: records.length,
    frames: sums.frames.doc_count,
    facts: {
      current: records.reduce((sum, { current }) => sum + current, 0),
      past: sums.past.value ?? 0,
    },
    contents: { count: contents.count.value, bytes: contents.bytes.value },
    bytes: stats._all.primaries?.store?.size_in_bytes ?? 0,
    oldest: instantOrNull(sums.oldest.value),
    newest: instantOrNull(sums.newest.value),
  };
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Documents of the frames of a system, the newest first. */
export async function* frameDocuments(
  store: Store,
  record: SystemRecord,
): AsyncGenerator<readonly FrameDocument[]> {
  const filter = [
    { term: { kind: 'frame' } },
    { term: { system: systemDocumentId(record.id) } },
    published([record]),
  ];
  const reading = {
    query: { bool: { filter } },
    source: ['kind', 'frame', 'attempt', 'system', 'at', 'failed', 'publication', 'stored'],
    sort: ['-at', '-publication'],
    page: FRAME_PAGE,
  };
  for await (const page of store.pages<FrameDocument>('frames', reading))
    yield page.flatMap(({ source }) => (source !== undefined && isPartOf(record, source) ? [source] : []));
}

/** Frames of a system, the newest first. */
export async function* framesOf(store: Store, record: SystemRecord): AsyncGenerator<FrameRecord> {
  for await (const page of frameDocuments(store, record)) {
    const problems = await readProblems(
      store,
      page.map(({ stored }) => stored),
    );
    for (const { stored } of page) {
      const { header, end, opened, closed, kept } = stored;
      yield { header, end, problems: problems.get(stored.attempt) ?? [], opened, closed, kept };
    }
  }
}
