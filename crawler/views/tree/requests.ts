// Answers requests for known paths.
import { setImmediate } from 'node:timers/promises';
import type { ErrorCode } from '../../../schemas/error.ts';
import type { ReadFile, ReadRequest, Report } from '../view.ts';
import { namesIn, systemCode } from './anchor.ts';
import type { ContentReader } from './content.ts';
import { entryOf } from './entry.ts';
import { bytesOf, nameText } from './names.ts';
import type { Resolved, Resolver } from './resolve.ts';

/** Files between two turns of the event loop. */
const FILES_PER_TURN = 500;
/** Said of a path by the system where there is nothing. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

/** What requests are answered with. The resolver is closed by its owner. */
export interface RequestTools {
  readonly resolver: Resolver;
  readonly reader: ContentReader;
  readonly report: Report;
}

/** Hands over what requests name; see SystemView.read. */
export async function readRequests(
  tools: RequestTools,
  requests: readonly ReadRequest[],
  accept: (file: ReadFile) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  let untilTurn = FILES_PER_TURN;
  for (const request of requests) {
    for (const file of new Reading(tools, request.maxBytes).files(request.pattern)) {
      if (file !== null) accept(file);
      untilTurn -= 1;
      if (untilTurn > 0) continue;
      await setImmediate();
      signal.throwIfAborted();
      untilTurn = FILES_PER_TURN;
    }
  }
}

class Reading {
  readonly #tools: RequestTools;
  readonly #maxBytes: number;

  constructor(tools: RequestTools, maxBytes: number) {
    this.#tools = tools;
    this.#maxBytes = maxBytes;
  }

  /** The files of a pattern; null in between where there is none. */
  *files(pattern: string): Generator<ReadFile | null, void> {
    const bytes = bytesOf(pattern);
    const slash = bytes.lastIndexOf('/');
    const last = bytes.slice(slash + 1);
    if (last.includes('*')) yield* this.#matching(bytes.slice(0, slash), last);
    else yield this.#file(bytes);
  }

  /** Links last: following one leaves the directory. */
  *#matching(directory: string, pattern: string): Generator<ReadFile | null, void> {
    const { resolver } = this.#tools;
    const links: string[] = [];
    for (const name of this.#names(directory, globOf(pattern))) {
      const path = `${directory}/${name}`;
      const found = this.#attempt(path, () => resolver.look(name));
      if (found?.stats.isSymbolicLink() === true) links.push(path);
      else yield found === null ? null : this.#read(path, found);
    }
    for (const path of links) yield this.#file(path);
  }

  #names(directory: string, glob: RegExp): string[] {
    const names = this.#attempt(directory === '' ? '/' : directory, () => {
      const entered = this.#tools.resolver.resolve(directory, true);
      return entered === null ? [] : namesIn(entered.anchored);
    });
    return (names ?? []).filter((name) => glob.test(name));
  }

  #file(path: string): ReadFile | null {
    const found = this.#attempt(path, () => this.#tools.resolver.resolve(path));
    return found === null ? null : this.#read(path, found);
  }

  #read(asked: string, { path, stats, anchored }: Resolved): ReadFile {
    const file = { path: nameText(asked), entry: entryOf(path, stats, anchored) };
    if (this.#maxBytes === 0) return { ...file, content: { skip: 'not-read' } };
    if (!stats.isFile()) {
      this.#problem('UNFOLD_UNREADABLE', asked, `is a ${file.entry.type}, not a regular file`);
      return { ...file, content: { skip: 'unreadable' } };
    }
    const outcome = this.#tools.reader.read(anchored, stats, this.#maxBytes);
    if ('bytes' in outcome) {
      return { ...file, entry: entryOf(path, outcome.stats, anchored), content: outcome };
    }
    if (outcome.why !== undefined) {
      this.#problem(outcome.skip === 'torn' ? 'UNFOLD_TORN' : 'UNFOLD_UNREADABLE', asked, outcome.why);
    }
    return { ...file, content: outcome };
  }

  /** null where there is nothing, or, with a problem reported, where the system refuses. */
  #attempt<T>(path: string, act: () => T): T | null {
    try {
      return act();
    } catch (error) {
      const code = systemCode(error);
      if (!ABSENT.has(code)) this.#problem('UNFOLD_UNREADABLE', path, `cannot be read (${code})`);
      return null;
    }
  }

  #problem(code: ErrorCode, path: string, message: string): void {
    this.#tools.report.problem({ code, extractor: 'tree', path: nameText(path), message });
  }
}

/** `*` stands for any run of characters. */
export function globOf(pattern: string): RegExp {
  const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 's');
}
