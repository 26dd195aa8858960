// Runs one extractor by hand, over files and a tree that a test makes up or a view handed over.
import { expect } from '@jest/globals';
import type { Entry } from '../../../schemas/entries.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { describe } from '../../../crawler/contents/describe.ts';
import type { Extractor, Knowledge, PackagedPath } from '../../../crawler/extractors/extractor.ts';
import type { Content, ReadFile, TreeEntry } from '../../../crawler/views/view.ts';

/** What came out of an extraction. */
export interface Driven {
  readonly entries: Map<string, Entry>;
  readonly problems: Omit<Problem, 'extractor'>[];
  readonly packaged: Map<string, PackagedPath>;
  readonly masked: Record<string, number>;
  readonly skipped: string[];
}

/** A regular file, or the link or folder that `about` makes of it. */
export function treeEntry(path: string, size = 0, about: Partial<TreeEntry> = {}): TreeEntry {
  const plain = { mode: 0o644, uid: 0, gid: 0, mtimeMs: 0, ctimeMs: 0, inode: 1 };
  return { path, type: 'file', size, ...plain, ...about };
}

/** A known path with its content; `real` where links lead elsewhere. */
export function readFile(
  path: string,
  content: string | Buffer | { skip: 'unreadable' | 'too-large' | 'not-read' },
  real = path,
): ReadFile {
  if (typeof content === 'object' && 'skip' in content) return { path, entry: treeEntry(real), content };
  const bytes = Buffer.from(content);
  return { path, entry: treeEntry(real, bytes.length), content: { bytes } };
}

/** Drives an extraction through all its steps. Keys must be unique. */
export function drive(
  extractor: Extractor,
  files: readonly ReadFile[],
  tree: readonly (readonly [TreeEntry, Content])[] = [],
  packaged = new Map<string, PackagedPath>(),
): Driven {
  const paths = {
    get: (path: string) => packaged.get(path),
    set: (path: string, owned: PackagedPath) => void packaged.set(path, owned),
    ownerOf: (path: string) => packaged.get(path)?.name,
    sumOf: () => 0,
  };
  const knowledge: Knowledge = { users: new Map(), groups: new Map(), packaged: paths };
  const driven: Driven = { entries: new Map(), problems: [], packaged, masked: {}, skipped: [] };
  const extraction = extractor.start({
    knowledge,
    maxFileBytes: 4096,
    before: null,
    emit(key, entry) {
      expect(driven.entries.has(key)).toBe(false);
      driven.entries.set(key, entry);
    },
    problem: (problem) => driven.problems.push(problem),
    emitFile(entry, bytes, owned) {
      const { added, masked } = describe(entry.path, bytes, owned);
      for (const [rule, values] of Object.entries(masked))
        driven.masked[rule] = (driven.masked[rule] ?? 0) + values;
      if (added.skipped !== undefined) driven.skipped.push(added.skipped);
      expect(driven.entries.has(entry.path)).toBe(false);
      driven.entries.set(entry.path, { ...entry, ...added });
    },
    masked(rule, values) {
      driven.masked[rule] = (driven.masked[rule] ?? 0) + values;
    },
    skipped: (reason) => driven.skipped.push(reason),
  });
  for (const file of files) extraction.read?.(file);
  extraction.afterReads?.();
  for (const [entry, content] of tree) extraction.visitor?.found(entry, content);
  extraction.finish?.();
  return driven;
}
