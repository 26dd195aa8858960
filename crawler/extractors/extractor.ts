// The port of an extractor: reads a view, yields the entries of one feature.
import type { Entry, Feature, FileEntry } from '../../schemas/entries.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { LiveVisitor } from '../views/live/live-state.ts';
import type { Capability, ReadFile, ReadRequest, TreeEntry, TreeVisitor } from '../views/view.ts';

/** What extractors learn for one another, such as who owns a path. Filled during `read`, used during the walk. */
export interface Knowledge {
  readonly users: Map<number, string>;
  readonly groups: Map<number, string>;
  /** Path → the package that owns it; several packages may share a directory: the first stays. */
  readonly packaged: PackagedPaths;
}

/** A map from paths to what packages say of them; there may be millions. */
export interface PackagedPaths {
  get(path: string): PackagedPath | undefined;
  /** The name alone, which is quicker. */
  ownerOf(path: string): string | undefined;
  /** A number made of the MD5 of the packaged file, 0 where none is known: enough to see that it is another one. */
  sumOf(path: string): number;
  set(path: string, packaged: PackagedPath): void;
}

/** What a package says of a path of its own. */
export interface PackagedPath {
  readonly name: string;
  /** MD5 of the packaged file, 32 lower-case hex digits. */
  readonly md5?: string;
}

/** What the entry of a path depends on besides the file itself: names of its owners, its package and the checksum there. */
export interface Surroundings {
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly packageName: string | undefined;
  readonly packageSum: number;
}

/** Entries of the crawl before. A state is a hash of all that an entry depends on; 0 is one that may change unnoticed. */
export interface Before {
  /** Of a path. */
  stateOf(entry: TreeEntry, surroundings: Surroundings): number;
  /** True where the entry need not be read again. */
  has(key: string, state: number): boolean;
  /** Lets the entry hold on; false, and nothing happens, where it was in another state. */
  keep(key: string, state: number): boolean;
}

/** What an extraction may use. */
export interface ExtractionContext {
  readonly knowledge: Knowledge;
  readonly maxFileBytes: number;
  /** What the crawl before knew; null where everything is to be told. */
  readonly before: Before | null;
  /**
   * Writes one entry of the extractor's feature; `key` is unique within it. Without a `state` it is not written again
   * where the base of the frame has the very same entry.
   */
  emit(key: string, entry: Entry, state?: number): void;
  /**
   * Writes the entry of a regular file with what its bytes tell: hash, text without secrets, and whether they are
   * those that its package brought. The bytes are copied.
   */
  emitFile(entry: FileEntry, bytes: Buffer, packaged: PackagedPath | undefined, state?: number): void;
  problem(problem: Omit<Problem, 'extractor'>): void;
  /** Counts values that were masked, by rule. */
  masked(rule: string, values: number): void;
  /** Counts a regular file without text. */
  skipped(reason: string): void;
}

/**
 * One extraction over one system. The core calls `read*`, then `afterReads`, then `live`'s methods, then `visitor`'s, then
 * `finish`.
 */
export interface Extraction {
  read?(file: ReadFile): void;
  afterReads?(): void;
  /** Set by an extractor that wants what runs at this moment. */
  readonly live?: LiveVisitor;
  /** Set by an extractor that wants the walk. */
  readonly visitor?: TreeVisitor;
  finish?(): void;
}

/**
 * A plug-in. It never asks what kind of system it looks at. It runs when its feature is asked; one that only adds to
 * the knowledge of others names their feature and emits nothing.
 */
export interface Extractor {
  readonly name: string;
  readonly feature: Feature;
  readonly requires: readonly Capability[];
  /** Known paths it reads. */
  readonly reads: readonly ReadRequest[];
  start(context: ExtractionContext): Extraction;
}
