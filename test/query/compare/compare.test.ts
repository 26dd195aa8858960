// What differs between two states: applied to the one, it makes the other.
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { compare, type CompareOptions } from '../../../query/compare/compare.ts';
import type { Change } from '../../../schemas/comparison.ts';
import type { Feature, FileEntry, ProcessEntry } from '../../../schemas/entries.ts';
import type { EntryLine } from '../../../schemas/frame.ts';
import { file, installed, instant, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { withFleet } from '../setting.ts';

const OPTIONS: CompareOptions = {
  features: null,
  path: null,
  minor: true,
  texts: true,
  staleAfterHours: 1e9,
  signal: NO_SIGNAL,
};

async function changes(
  engine: SearchEngine,
  [from, to]: [from: [string, number | null], to: [string, number | null]],
  options: Partial<CompareOptions> = {},
): Promise<Change[]> {
  const end = ([system, day]: [string, number | null]) => ({
    system,
    at: day === null ? null : new Date(instant(day)),
  });
  const under = await compare(engine, { from: end(from), to: end(to) }, { ...OPTIONS, ...options });
  const found: Change[] = [];
  for await (const change of under.changes) found.push(change);
  return found;
}

const ALL: Feature[] = ['os', 'package', 'file', 'process'];
const line = fc.constantFrom('a', 'b', 'c\r', '', '10.0.0.1', 'é', '+', '-x');
const text = fc.oneof(
  fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', '\n'))
    .map(([lines, end]) => lines.join('\n') + end),
);
const sha256 = (of: string) => createHash('sha256').update(of).digest('hex');

/** What a crawl says of a text: with the file's hash, with the text's where values were masked, or with neither. */
const textual = fc
  .tuple(text, fc.constantFrom('hash', 'masked', 'neither'))
  .map(([content, way]): Partial<FileEntry> => {
    const about = { text: content, encoding: 'utf-8' as const };
    if (way === 'masked') return { content: { ...about, sha256: sha256(content), masked: { token: 1 } } };
    return { content: about, ...(way === 'hash' ? { hash: { sha256: sha256(content) } } : {}) };
  });
const binary = fc.constantFrom('1', '22').map((bytes): Partial<FileEntry> => ({
  skipped: 'binary',
  size: bytes.length,
  hash: { sha256: sha256(bytes) },
}));
const fileLine = fc
  .record({
    path: fc.constantFrom('/', '/etc/a', '/etc/a/b', '/etc/a-b', '/etc/\uffee', '/etc/😀'),
    about: fc.oneof(textual, textual, binary, fc.constant<Partial<FileEntry>>({ type: 'dir' })),
    mode: fc.constantFrom('0644', '0600'),
    inode: fc.nat(1),
  })
  .map(({ path, about, ...more }) => file(path, undefined, { ...more, ...about }));
const processLine = fc
  .record({ pid: fc.nat(5), name: fc.constantFrom('nginx', 'sshd'), user: fc.constantFrom('root', 'www') })
  .map(({ pid, name, user }): EntryLine => {
    const entry: ProcessEntry = {
      pid,
      name,
      args: [name, '-D'],
      command_line: `${name} -D`,
      user: { id: user },
      executable: `/usr/sbin/${name}`,
    };
    return { feature: 'process', key: `${pid}@1`, entry };
  });
const packageLine = fc
  .tuple(fc.constantFrom('nginx', 'apt', 'zsh'), fc.constantFrom('1', '2~rc1', '1:0'))
  .map(([name, version]) => installed(name, version));
const entries = fc.uniqueArray(
  fc.oneof(fileLine, fileLine, processLine, packageLine, fc.constantFrom(os('debian'), os('alpine'))),
  { selector: ({ feature, key }) => `${feature} ${key}`, maxLength: 14 },
);

/** What an entry is about: all that a comparison shall find, and nothing that every crawl sees anew. */
function about({ feature, key, entry }: { feature: Feature; key: string; entry: object }): string {
  if (feature === 'process') {
    const { name, args, user, executable } = entry as ProcessEntry;
    return JSON.stringify([name, args, user, executable]);
  }
  if (feature !== 'file') return JSON.stringify([key, Object.entries(entry).sort()]);
  const { type, mode, content, hash } = entry as FileEntry;
  return JSON.stringify([key, type, mode, content?.text ?? hash?.sha256]);
}

function state(lines: readonly EntryLine[]): string[] {
  return lines.map(about).sort();
}

/** The first state with the changes made to it. Texts that a comparison does not list come from the last. */
function applied(
  first: readonly EntryLine[],
  found: readonly Change[],
  last: readonly EntryLine[],
): EntryLine[] {
  const lines = [...first];
  for (const change of found) {
    const { feature, key, from, to, times = 1 } = change;
    for (let time = 0; time < times; time++) {
      const before = from === null ? [] : lines.splice(indexOf(lines, { feature, key, entry: from }), 1);
      if (to === null) continue;
      const text = textAfter(change, textOf(before[0]), textOf(last.find((one) => one.key === key)));
      lines.push({ feature, key, entry: text === undefined ? to : { ...to, content: { text } } });
    }
  }
  return lines;
}

function indexOf(lines: readonly EntryLine[], sought: EntryLine): number {
  return lines.findIndex((one) =>
    sought.feature === 'process'
      ? one.feature === 'process' && about(one) === about(sought)
      : one.feature === sought.feature && one.key === sought.key,
  );
}

function textOf(line: EntryLine | undefined): string | undefined {
  return (line?.entry as FileEntry | undefined)?.content?.text;
}

function textAfter(
  { to, text, fields }: Change,
  old: string | undefined,
  last: string | undefined,
): string | undefined {
  if (to?.['content'] === undefined) return undefined;
  if (text?.kind === 'lines') return String(applyPatch(old ?? '', text.unified));
  return old === undefined || fields.includes('content') || fields.includes('type') ? last : old;
}

function sketch(system: string, at: number, lines: readonly EntryLine[]): FrameSketch {
  return { system, at, entries: lines, features: ALL };
}

test('of two instants of a system, and back again', async () => {
  await fc.assert(
    fc.asyncProperty(entries, entries, entries, async (first, between, last) => {
      const frames = [sketch('s', 1, first), sketch('s', 2, between), sketch('s', 3, last)];
      await withFleet(frames, async (engine) => {
        const there = await changes(
          engine,
          [
            ['s', 1],
            ['s', null],
          ],
          { features: ALL },
        );
        expect(state(applied(first, there, last))).toEqual(state(last));
        const back = await changes(
          engine,
          [
            ['s', 3],
            ['s', 1],
          ],
          { features: ALL },
        );
        expect(state(applied(last, back, first))).toEqual(state(first));
        expect(
          await changes(
            engine,
            [
              ['s', 2],
              ['s', 2],
            ],
            { features: ALL },
          ),
        ).toEqual([]);
      });
    }),
    { numRuns: 40 },
  );
});

test('of two systems', async () => {
  await fc.assert(
    fc.asyncProperty(entries, entries, async (first, last) => {
      await withFleet([sketch('a', 1, first), sketch('b', 2, last)], async (engine) => {
        const found = await changes(
          engine,
          [
            ['a', null],
            ['b', null],
          ],
          { features: ALL },
        );
        expect(state(applied(first, found, last))).toEqual(state(last));
        expect(found.every((change) => change.at === undefined)).toBe(true);
      });
    }),
    { numRuns: 40 },
  );
});
