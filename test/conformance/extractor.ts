// What every extractor must do, whatever it extracts: each of the registry passes this suite unchanged.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ENTRY_SCHEMAS } from '../../schemas/entries.ts';
import type { Extractor } from '../../crawler/extractors/extractor.ts';
import { openTree } from '../../crawler/views/tree/tree-view.ts';
import type { Content, ReadFile, TreeEntry } from '../../crawler/views/view.ts';
import { drive, readFile, treeEntry } from '../crawler/extractors/driving.ts';
import { RecordedReport } from './system-view.ts';

/** A copy that outlives the call of the view. */
function copied<C extends Content>(content: C): C {
  return content && 'bytes' in content ? { ...content, bytes: Buffer.from(content.bytes) } : content;
}

/** `populate` fills an empty folder with a system that the extractor has something to say about. */
export function extractorConformance(extractor: Extractor, populate: (root: string) => void): void {
  const { name, feature, reads } = extractor;
  /** A path that the request would read. */
  const examples = reads.map(({ pattern }) => pattern.replace('*', 'x.list'));

  describe(`${name} is an extractor`, () => {
    const root = mkdtempSync(join(tmpdir(), 'unfold-extractor-'));
    const files: ReadFile[] = [];
    const tree: [TreeEntry, Content][] = [];
    const report = new RecordedReport();

    beforeAll(async () => {
      populate(root);
      const view = await openTree(root, {
        scratch: root,
        dataFolder: join(root, 'none'),
        report,
        signal: new AbortController().signal,
        privateMounts: false,
        notice: () => undefined,
      });
      const { signal } = new AbortController();
      await view.read(reads, (file) => files.push({ ...file, content: copied(file.content) }), signal);
      const want = (): number => 4096;
      const found = (entry: TreeEntry, content: Content): unknown => tree.push([entry, copied(content)]);
      await view.walk({ want, found }, signal);
      await view.close();
    });
    afterAll(() => rmSync(root, { recursive: true }));

    test('declares what it reads: absolute, bounded, with a * in the last component at most', () => {
      for (const { pattern, maxBytes } of reads) {
        expect(pattern).toMatch(/^\/[^*]*(?:\*[^*/]*)?$/);
        expect(maxBytes).toBeLessThanOrEqual(64 * 1024 * 1024);
      }
      expect(new Set(reads.map(({ pattern }) => pattern)).size).toBe(reads.length);
    });

    test('finds something, in the form of its feature', () => {
      const { entries, problems, packaged } = drive(extractor, files, tree);
      expect(problems).toEqual([]);
      expect(entries.size + packaged.size).toBeGreaterThan(0);
      for (const entry of entries.values()) ENTRY_SCHEMAS[feature].strict().parse(entry);
    });

    test('finds the same, in whatever order files are handed over', () => {
      const forwards = drive(extractor, files, tree);
      const backwards = drive(extractor, files.toReversed(), tree);
      const sorted = (map: ReadonlyMap<unknown, unknown>): unknown[] =>
        [...map].sort(([a], [b]) => String(a).localeCompare(String(b)));
      expect(sorted(backwards.entries)).toEqual(sorted(forwards.entries));
      expect(new Set(backwards.packaged.keys())).toEqual(new Set(forwards.packaged.keys()));
    });

    test('has nothing to say about an empty system', () => {
      expect(drive(extractor, [])).toMatchObject({ entries: new Map(), problems: [] });
    });

    test('says what it could not read, and goes on', () => {
      for (const skip of ['unreadable', 'too-large'] as const) {
        const content = reads.map(({ maxBytes }) => ({
          skip: maxBytes === 0 ? ('not-read' as const) : skip,
        }));
        const { problems } = drive(
          extractor,
          examples.map((path, n) => readFile(path, content[n]!)),
        );
        expect(problems.length).toBeGreaterThan(0);
        for (const { code } of problems) expect(['UNFOLD_UNREADABLE', 'UNFOLD_TOO_LARGE']).toContain(code);
      }
    });

    test('survives nonsense, and what it makes of it still has the form of its feature', () => {
      const nonsense = [
        ...Array.from({ length: 40 }, (_, n) => randomBytes(n * 25)),
        Buffer.from('\n\n\n \n:\n: :\n=\n\0\0:::\n'),
        Buffer.from('Package: x\nPackage: x\nVersion:\n\nPackage: \n\nVersion: 1\n Status\n'),
        Buffer.from('x'.repeat(100_000)),
        Buffer.from('a:b:c\n'.repeat(10_000)),
      ];
      for (const bytes of nonsense) {
        const known = examples.map((path, n) =>
          readFile(path, reads[n]?.maxBytes === 0 ? { skip: 'not-read' } : bytes),
        );
        const odd = treeEntry('/odd', bytes.length, {
          mtimeMs: Number.NaN,
          ctimeMs: 9e18,
          inode: 2 ** 63,
          mode: -1,
        });
        const { entries } = drive(extractor, known, [[odd, { bytes }]]);
        for (const entry of entries.values()) ENTRY_SCHEMAS[feature].strict().parse(entry);
      }
    });
  });
}
