// What runs on a system at one moment, as a view hands it over.
import type { ConnectionEntry, InterfaceEntry } from '../../../schemas/entries.ts';

/** A process. Its texts may hold anything, line ends included; bytes that are not UTF-8 are written `\xHH`. */
export interface LiveProcess {
  /** As the machine numbers it. */
  readonly pid: number;
  /** As its own namespace numbers it, where that is another one. */
  readonly vpid?: number;
  readonly parent: number;
  readonly name: string;
  readonly executable?: string;
  /** None of a kernel thread. */
  readonly args: readonly string[];
  /** True where there were more bytes of arguments than are read. */
  readonly truncated: boolean;
  /** Effective user, as the system numbers users. */
  readonly uid?: number;
  readonly startMs: number;
  /** The letter that the kernel gives. */
  readonly state: string;
  readonly threads: number;
  readonly rssBytes: number;
  readonly cgroup?: string;
}

/** Receives live state; synchronous. What it has no method for is not looked at. */
export interface LiveVisitor {
  process?: (process: LiveProcess) => void;
  /** Each socket once, however many processes hold it. */
  connection?: (connection: ConnectionEntry) => void;
  /** Each interface once. */
  interface?: (entry: InterfaceEntry) => void;
}
