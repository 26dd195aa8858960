// Names in our own tables: entries and attributes that are the same have the same.
import { hash } from 'node:crypto';
import type { Feature } from '../../../schemas/entries.ts';

/** 128 of SHA-256's bits: what a name in our own tables needs. */
function digestOf(...parts: string[]): Buffer {
  return hash('sha256', parts.join('\0'), 'buffer').subarray(0, 16);
}

/** JSON in which the order of names does not matter: entries are the same however a crawler orders them. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner !== 'object' || inner === null || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

/** An entry by its attribute's id, its own part as JSON, and its content's SHA-256 as hex (empty without). */
export function entryDigest(
  feature: Feature,
  key: string,
  { attribute, own, sha256 }: { attribute: number; own: string; sha256: string },
): Buffer {
  return digestOf(feature, key, `${attribute}`, own, sha256);
}

/** An attribute of entries of a feature. */
export function attributeDigest(feature: Feature, shared: Record<string, unknown>): Buffer {
  return digestOf(feature, canonical(shared));
}
