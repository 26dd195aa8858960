// Tokens of the API, as they are kept: what they allow, never what they are.
import { z } from 'zod';

/**
 * What a token allows: `search` asks, `read-content` sees whole texts of files too, `ingest` sends frames, `admin` all.
 */
export const Scope = z.enum(['search', 'read-content', 'ingest', 'admin']);
export type Scope = z.infer<typeof Scope>;

export const StoredToken = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** SHA-256 of the token. Its 256 random bits need no slow hash. */
  sha256: z.hash('sha256'),
  scopes: z.array(Scope).min(1),
  /** Only systems with all of these labels; null: all systems. */
  labels: z.record(z.string(), z.string()).nullable(),
  created: z.iso.datetime(),
  expires: z.iso.datetime().nullable(),
});
export type StoredToken = z.infer<typeof StoredToken>;

export const TokenList = z.strictObject({
  schema: z.literal('unfold.tokens/1'),
  tokens: z.array(StoredToken),
});
export type TokenList = z.infer<typeof TokenList>;
