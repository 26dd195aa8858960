// A text by its hash: what it says, and which systems have it where.
import type { ContentAnswer } from '../schemas/api.ts';
import { UnfoldError } from '../schemas/error.ts';
import type { FileEntry } from '../schemas/entries.ts';
import type { AskableIndex } from './restricted.ts';

/** Paths listed per system. */
const PATHS = 100;

/** Which part of the systems, and as of when (null: now). */
export interface ContentOptions {
  readonly at: string | null;
  readonly limit: number;
  readonly cursor: string | null;
  readonly signal: AbortSignal;
}

/** The text with this SHA-256 (64 hex digits). Throws UNFOLD_CONTENT_UNKNOWN where no system has it. */
export async function contentOf(
  engine: AskableIndex,
  sha256: string,
  { at, limit, cursor, signal }: ContentOptions,
): Promise<ContentAnswer> {
  const started = performance.now();
  const found = await engine.search(
    {
      schema: 'unfold.plan/1',
      where: { leaf: { leaf: 'content', sha256 } },
      at,
      limit,
      cursor,
      evidence: PATHS,
      facets: [],
    },
    signal,
  );
  const text = found.systems[0]?.facts[0]?.text ?? null;
  if (text === null)
    throw new UnfoldError('UNFOLD_CONTENT_UNKNOWN', `no system has a text with the SHA-256 ${sha256}`);
  return {
    schema: 'unfold.content/1',
    at: at ?? new Date().toISOString(),
    tookMs: Math.round((performance.now() - started) * 10) / 10,
    sha256,
    bytes: Buffer.byteLength(text),
    text,
    total: found.total,
    systems: found.systems.map(({ system, asOf, frame, facts, moreFacts }) => ({
      system,
      asOf,
      frame,
      files: facts.map(({ entry, validFrom, validTo }) => ({
        path: (entry as FileEntry).path,
        validFrom,
        validTo,
      })),
      moreFiles: moreFacts,
    })),
    cursor: found.cursor,
  };
}
