// The port of an opened system: read-only, with declared capabilities.
import type { ContentSkip, FileType } from '../../schemas/entries.ts';
import type { LiveVisitor } from './live/live-state.ts';
import type { LeftOut } from '../../schemas/frame.ts';
import type { Problem } from '../../schemas/problem.ts';

/** What a view can show; an extractor states which of them it requires. */
export type Capability = 'files' | 'processes' | 'connections' | 'interfaces';

/** Metadata of one path. */
export interface TreeEntry {
  /** Absolute within the system; bytes that are not UTF-8 are written `\xHH`. */
  readonly path: string;
  /** The exact name, only where it is not UTF-8. */
  readonly pathBytes?: Buffer;
  readonly type: FileType;
  /** Bytes. */
  readonly size: number;
  /** Permission bits with setuid, setgid and sticky (0 to 0o7777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
  /** Of a symbolic link, as it is written. */
  readonly target?: string;
}

/** Bytes of a regular file (valid only during the call that hands them over), why there are none, or null: not wanted. */
export type Content = { readonly bytes: Buffer } | { readonly skip: ContentSkip } | null;

/** Receives a walk. Both methods are synchronous and are called once per path, parents before children. */
export interface TreeVisitor {
  /** The most bytes wanted of this regular file; 0: none. A larger file is not read: its content is `too-large`. */
  want(entry: TreeEntry): number;
  found(entry: TreeEntry, content: Content): void;
}

/** Known paths to read before, or instead of, a walk. */
export interface ReadRequest {
  /** Absolute; `*` stands for any run of characters within its last component. */
  readonly pattern: string;
  /** 0: its metadata alone is wanted, whatever its type is; its content is `not-read`, which is no problem. */
  readonly maxBytes: number;
}

/** A file that a request named. `bytes` is valid only during the call. */
export interface ReadFile {
  /** As asked (the pattern with its `*` filled in), before symbolic links are followed within the system. */
  readonly path: string;
  readonly entry: TreeEntry;
  readonly content: Exclude<Content, null>;
}

/** Where a view or an extractor says what it could not do. */
export interface Report {
  problem(problem: Problem): void;
  leftOut(leftOut: LeftOut): void;
}

/**
 * One system, opened. Nothing is written to it, executed in it or changed on it.
 * `read` and `walk` are not called at the same time; every read is bounded; an abort rejects with the signal's reason.
 */
export interface SystemView {
  readonly capabilities: ReadonlySet<Capability>;
  /**
   * Hands over each existing file that a request names, in no particular order, following symbolic links inside
   * the system only. Absence of a file is not an error; a file that exists and cannot be read has a `skip`.
   */
  read(
    requests: readonly ReadRequest[],
    accept: (file: ReadFile) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Walks the whole tree once, never following a symbolic link. What cannot be read is reported as a problem. */
  walk(visitor: TreeVisitor, signal: AbortSignal): Promise<void>;
  /** Hands over what runs at this moment; of views that show processes, connections or interfaces. */
  live?(visitor: LiveVisitor, signal: AbortSignal): Promise<void>;
  /** Idempotent. Leaves no process, mount or file behind. */
  close(): Promise<void>;
}
