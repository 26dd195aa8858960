// What the API asks of an index: questions that can travel to another thread, and the port that answers them.
import type { MatchMode, Reconciliation, Role } from '../../schemas/answer.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { Narrowing, WantedFacet } from '../../schemas/plan.ts';
import type { IngestAnswer } from '../../schemas/api.ts';
import type { FactQuery } from '../../indexer/engines/search-engine.ts';

/** Instants are ISO 8601; null means now. Limits: null means all. */
interface Asked {
  readonly at: string | null;
}

/** A part of a list. */
interface Paged extends Asked {
  readonly limit: number | null;
  readonly cursor: string | null;
}

/** A search, as a page or (exported) as a whole. */
export interface SearchQuestion extends Paged {
  readonly ask: 'search';
  readonly query: string;
  readonly evidence: number | null;
  readonly facets: readonly WantedFacet[];
  readonly narrowed: readonly Narrowing[];
  readonly explain: boolean;
}

/** A batch of addresses, networks, ranges, names and ports; see LookupOptions. */
export interface LookupQuestion extends Asked {
  readonly ask: 'lookup';
  readonly asked: readonly string[];
  /** The beginning of a window that ends at `at`; null: no window. */
  readonly from: string | null;
  readonly match: MatchMode;
  readonly roles: readonly Role[];
  readonly scope: string | null;
  readonly names: boolean;
  readonly reconcile: Reconciliation | null;
  readonly evidence: number | null;
}

/** Facts of the system that an id or name names. */
export interface FactsQuestion {
  readonly ask: 'facts';
  readonly system: string;
  readonly span: FactQuery['span'];
  readonly texts: boolean;
  readonly feature: Feature | null;
  readonly key: string | null;
  readonly limit: number | null;
  readonly cursor: string | null;
}

/** The newest frames of the system that an id or name names. */
export interface FramesQuestion {
  readonly ask: 'frames';
  readonly system: string;
  readonly limit: number;
}

/** A text by its SHA-256: itself, or as JSON with the systems that have it. */
export interface ContentQuestion extends Paged {
  readonly ask: 'content';
  readonly sha256: string;
  readonly format: 'text' | 'json';
  readonly limit: number;
}

/** What lies right below a directory of the system that an id or name names. */
export interface DirectoryQuestion extends Asked {
  readonly ask: 'directory';
  readonly system: string;
  readonly path: string;
  readonly limit: number;
}

/** What differs between two states: of one system, or `with` another. */
export interface DiffQuestion {
  readonly system: string;
  readonly with: string | null;
  /** Null means now; of one system the frame before that of `to`. */
  readonly from: string | null;
  readonly to: string | null;
  /** Null means all. */
  readonly features: readonly Feature[] | null;
  readonly path: string | null;
  readonly minor: boolean;
  readonly texts: boolean;
}

/** A question with one answer. */
export type Question =
  | SearchQuestion
  | LookupQuestion
  | FactsQuestion
  | FramesQuestion
  | DirectoryQuestion
  | ContentQuestion
  | (Paged & { readonly ask: 'systems' })
  | (Asked & { readonly ask: 'system'; readonly system: string })
  | (Asked & { readonly ask: 'coverage' })
  /** Whether there is an index to be asked. */
  | { readonly ask: 'ready' };

/** A question whose answer may be of any length. */
export type StreamQuestion =
  | { readonly stream: 'search'; readonly format: 'ndjson' | 'csv'; readonly question: SearchQuestion }
  | { readonly stream: 'facts'; readonly question: FactsQuestion }
  | { readonly stream: 'diff'; readonly question: DiffQuestion };

/** An answer, as it is sent: JSON or text in UTF-8. */
export interface AnswerBody {
  readonly body: Uint8Array;
  /** Changes whenever the answer does, its clock apart. */
  readonly etag: string;
  /** Systems in it, for the audit log; null where that means nothing. */
  readonly systems: number | null;
}

/** The labels of the systems that somebody may see; null: all systems. */
export type SeenLabels = Readonly<Record<string, string>> | null;

/** Answers questions. Both throw UNFOLD_OVERLOADED, UNFOLD_QUERY_TIMEOUT, and what the engine throws. */
export interface Asking {
  answer(question: Question, labels: SeenLabels, signal: AbortSignal): Promise<AnswerBody>;
  /** Chunks of text in UTF-8; read no faster than they are taken. */
  stream(question: StreamQuestion, labels: SeenLabels, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Indexes the frames of a file, one after the other. */
export type Ingest = (file: string, signal: AbortSignal) => Promise<IngestAnswer>;
