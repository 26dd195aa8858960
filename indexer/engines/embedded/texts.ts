// The stored texts: each content once, deflated where that makes it smaller.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DatabaseSync } from 'node:sqlite';
import { DamagedIndex } from './errors.ts';

/** Shorter texts gain nothing from deflating. */
const SMALL_BYTES = 128;
const LEVEL = 6;

/** A text as it is stored. */
export interface StoredText {
  readonly deflated: number;
  readonly body: Buffer;
}

/** Packs a text (UTF-8). */
export function packText(bytes: Buffer): StoredText {
  if (bytes.length >= SMALL_BYTES) {
    const body = deflateRawSync(bytes, { level: LEVEL });
    if (body.length < bytes.length) return { deflated: 1, body };
  }
  return { deflated: 0, body: bytes };
}

/** Reads the texts of contents by id. */
export function textReader(db: DatabaseSync): (contentId: number) => string {
  const select = db.prepare('SELECT deflated, body FROM content WHERE id = ?');
  return (contentId) => {
    const row = select.get(contentId) as { deflated: number; body: Uint8Array } | undefined;
    if (row === undefined) throw new DamagedIndex(`content ${contentId} is missing`);
    return unpackText(contentId, row);
  };
}

function unpackText(contentId: number, { deflated, body }: { deflated: number; body: Uint8Array }): string {
  try {
    const bytes = deflated === 1 ? inflateRawSync(body) : Buffer.from(body);
    return bytes.toString('utf8');
  } catch (error) {
    throw new DamagedIndex(`content ${contentId} cannot be read`, { cause: error });
  }
}
