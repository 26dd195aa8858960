// Which known paths are read for whom: every path once, however many ask for it.
import type { ReadFile, ReadRequest } from './views/view.ts';

interface Asked<T> {
  readonly by: T;
  readonly request: ReadRequest;
  /** What stands before and after the `*`; a pattern without one has no `after`. */
  readonly before: string;
  readonly after: string | null;
}

/** Collects requests, merges them for the view and hands every file to those who asked, within what they asked. */
export class ReadPlan<T> {
  readonly #asked: Asked<T>[] = [];
  readonly #merged = new Map<string, ReadRequest>();
  readonly #delivered = new Set<string>();

  /** Adds what `by` asks for. */
  add(by: T, requests: readonly ReadRequest[]): void {
    for (const request of requests) {
      const { pattern, maxBytes } = request;
      const [before = '', after = null] = pattern.split('*', 2);
      this.#asked.push({ by, request, before, after });
      const known = this.#merged.get(pattern)?.maxBytes ?? 0;
      this.#merged.set(pattern, { pattern, maxBytes: Math.max(known, maxBytes) });
    }
  }

  /** What the view is to read. */
  get requests(): readonly ReadRequest[] {
    return [...this.#merged.values()];
  }

  /** Calls `accept` once for each who asked for the file. A file that two patterns name comes but once. */
  deliver(file: ReadFile, accept: (by: T, file: ReadFile) => void): void {
    if (this.#delivered.has(file.path)) return;
    this.#delivered.add(file.path);
    const served = new Set<T>();
    for (const asked of this.#asked) {
      if (served.has(asked.by) || !matches(asked, file.path)) continue;
      served.add(asked.by);
      accept(asked.by, { ...file, content: fitted(file, asked.request.maxBytes) });
    }
  }
}

function matches({ before, after }: Asked<unknown>, path: string): boolean {
  if (after === null) return path === before;
  return (
    path.length >= before.length + after.length &&
    path.startsWith(before) &&
    path.endsWith(after) &&
    !path.includes('/', before.length)
  );
}

function fitted({ content, entry }: ReadFile, maxBytes: number): ReadFile['content'] {
  if (maxBytes === 0) return { skip: 'not-read' };
  return 'bytes' in content && entry.size > maxBytes ? { skip: 'too-large' } : content;
}
