// Whatever a scan of real text finds, the index finds, and nothing else.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import { addressesIn, relationOf } from '../../indexer/terms/addresses.ts';
import { file } from '../conformance/search-engine/frames.ts';
import { address, apply, facts, withEngine, word } from '../conformance/search-engine/setting.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'node_modules');
const LARGEST = 60_000;
const FILES = 600;
const WORDS = 1000;
/** What real text has too little of. */
const NETWORKS = [
  'upstream 10.20.30.40:5432; allow 10.20.0.0/16; range 10.20.30.1-10.20.30.99',
  'inet6 fe80::1/64 2001:db8::10.20.30.40 ::ffff:10.20.30.40 netmask 255.255.255.0',
  'route 10.20.30.0 255.255.255.0 via 10.20.30.1 # 40.30.20.10.in-addr.arpa',
];

/** Text files of the installed packages, a few of each. */
function realTexts(): Map<string, string> {
  const texts = new Map(NETWORKS.map((text, number) => [`/etc/network/${number}`, text]));
  for (const name of readdirSync(ROOT).sort()) {
    const folder = join(ROOT, name);
    if (name.startsWith('.') || !statSync(folder).isDirectory()) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true }).slice(0, 6)) {
      const path = join(folder, entry.name);
      if (!entry.isFile() || statSync(path).size > LARGEST || texts.size >= FILES) continue;
      texts.set(path.slice(ROOT.length), readFileSync(path, 'utf8'));
    }
  }
  return texts;
}

/** Every `step`th value, so that `count` of them stand for all. */
function sample<T>(values: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(values.length / count));
  return values.filter((_, index) => index % step === 0).slice(0, count);
}

test('a thousand words and every address of real text are found where a scan finds them', async () => {
  const texts = realTexts();
  const systems = [[...texts], [...texts].filter((_, index) => index % 2 === 0)];
  const wordsOf = new Map(
    [...texts].map(([path, text]) => [
      path,
      new Set(
        `${path}\n${text}`
          .toLowerCase()
          .normalize('NFC')
          .match(/[\p{L}\p{N}\p{M}]+/gu),
      ),
    ]),
  );
  const ranges = new Map(
    [...texts].flatMap(([path, text]) =>
      addressesIn(`${path}\n${text}`).map((range) => [range.low + range.high, range]),
    ),
  );
  const scan = (holds: (path: string, text: string) => boolean) =>
    systems
      .flatMap((files, number) =>
        files.flatMap(([path, text]) => (holds(path, text) ? [`s${number} ${path}`] : [])),
      )
      .sort();

  await withEngine(
    (folder) => openEmbedded(folder, 'write'),
    async (engine) => {
      for (const [number, files] of systems.entries()) {
        await apply(engine, {
          system: `s${number}`,
          at: 1,
          entries: files.map(([path, text]) => file(path, text)),
        });
      }
      const all = [...new Set([...wordsOf.values()].flatMap((words) => [...words]))].sort();
      expect(all.length).toBeGreaterThan(WORDS);
      for (const sought of sample(all, WORDS)) {
        expect([sought, await facts(engine, word(sought))]).toEqual([
          sought,
          scan((path) => wordsOf.get(path)!.has(sought)),
        ]);
      }
      expect(ranges.size).toBeGreaterThan(5);
      const mentions = new Map(
        [...texts].map(([path, text]) => [path, [...addressesIn(path), ...addressesIn(text)]]),
      );
      for (const range of ranges.values()) {
        const related = (path: string) =>
          mentions.get(path)!.some((written) => relationOf(range, written) !== null);
        expect([range.text, await facts(engine, address(range))]).toEqual([range.text, scan(related)]);
      }
    },
  );
});
