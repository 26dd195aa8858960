// A manifest comes back as it was written, or not at all; and what a crawl could not see is what an index leaves alone.
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Fingerprint } from '../../../crawler/manifest/fingerprint.ts';
import { FORMAT, ManifestFile, UnusableManifest } from '../../../crawler/manifest/manifest-file.ts';
import { Manifest, type Missing } from '../../../crawler/manifest/manifest.ts';
import { Unread } from '../../../crawler/manifest/unread.ts';
import { Closing } from '../../../indexer/closing.ts';
import { Feature } from '../../../schemas/entries.ts';
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));
const place = join(folder, 'manifest');

interface Named {
  readonly feature: Feature;
  readonly name: string;
  readonly state: number;
}

const header = { format: FORMAT, frame: 'f', system: 's', features: Feature.options, seed: [1, 2] as const };
const hashOf = ({ feature, name }: Named): number =>
  new Fingerprint([7, 11]).start().text(feature).text(name).end();

function written(entries: readonly Named[]): void {
  const file = new ManifestFile(place, header);
  for (const entry of entries)
    file.add({ key: hashOf(entry), state: entry.state }, entry.feature, entry.name);
  file.finish();
}

const named = fc.record({
  feature: fc.constantFrom(...Feature.options),
  name: fc.string({ unit: 'binary', maxLength: 60 }).map((name) => name.toWellFormed()),
  state: fc.maxSafeNat(),
});
const entries = fc.uniqueArray(named, {
  selector: ({ feature, name }) => `${feature} ${name}`,
  maxLength: 300,
});

describe('a manifest', () => {
  test('has every state, and names exactly what was not met', () => {
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.boolean()), (list, isMet) => {
        written(list);
        const manifest = new Manifest(place);
        expect(manifest.header).toEqual(header);
        for (const entry of list) expect(manifest.stateOf(hashOf(entry))).toBe(entry.state);
        expect(manifest.stateOf(12_345)).toBeNull();
        expect(manifest.meet(12_345)).toBe(false);
        const left = list.filter((entry) => {
          if (!isMet.next().value) return true;
          expect([manifest.meet(hashOf(entry)), manifest.meet(hashOf(entry))]).toEqual([true, false]);
          return false;
        });
        const missing: Missing[] = [];
        manifest.missing((one) => missing.push(one));
        manifest.close();
        expect(missing).toEqual(
          left.map((entry) => ({ feature: entry.feature, key: entry.name, hash: hashOf(entry) })),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('takes more than a chunk, and names that are longer than one', () => {
    const list = Array.from({ length: 20_000 }, (_, n): Named => ({
      feature: 'file',
      name: `/srv/ü${n}`,
      state: n,
    }));
    list.splice(5000, 0, { feature: 'file', name: `/${'ö'.repeat(400_000)}`, state: 3 });
    written(list);
    const manifest = new Manifest(place);
    const missing: string[] = [];
    manifest.missing(({ key }) => missing.push(key));
    manifest.close();
    expect(missing).toEqual(list.map(({ name }) => name));
  });

  test('that is damaged or cut anywhere is none', () => {
    written(
      Array.from({ length: 50 }, (_, n) => ({ feature: 'file' as const, name: `/srv/${n}`, state: n })),
    );
    const sound = readFileSync(place);
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(sound);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        writeFileSync(place, damaged);
        expect(() => new Manifest(place)).toThrow(UnusableManifest);
        writeFileSync(place, sound);
        truncateSync(place, at);
        expect(() => new Manifest(place)).toThrow(UnusableManifest);
      }),
      { numRuns: 150 },
    );
    writeFileSync(place, sound);
    new Manifest(place).close();
    expect(statSync(place).size).toBe(sound.length);
  });
});

describe('a fingerprint', () => {
  test('tells texts, their borders and numbers apart, and differs by seed', () => {
    const prints = new Map<number, string>();
    const seeds = [new Fingerprint([1, 2]), new Fingerprint([1, 3]), new Fingerprint([2, 2])];
    for (const [seed, print] of seeds.entries()) {
      const cases: [string, number][] = [
        ['undefined', print.start().text(undefined).end()],
        ['empty', print.start().text('').end()],
        ['ab c', print.start().text('ab').text('c').end()],
        ['a bc', print.start().text('a').text('bc').end()],
        ['0', print.start().number(0).end()],
        ['-0', print.start().number(-0).end()],
        ...Array.from({ length: 20_000 }, (_, n): [string, number] => [
          `/${n}`,
          print.start().text(`/${n}`).end(),
        ]),
        ...Array.from({ length: 20_000 }, (_, n): [string, number] => [
          `ms ${n}`,
          print
            .start()
            .number(1_700_000_000_000 + n / 1000)
            .end(),
        ]),
      ];
      for (const [name, value] of cases) {
        if (prints.has(value)) throw new Error(`${seed} ${name} is taken for ${prints.get(value) ?? ''}`);
        prints.set(value, `${seed} ${name}`);
      }
    }
    expect([...prints.keys()].every((print) => Number.isSafeInteger(print) && print > 0)).toBe(true);
  });
});

const paths = fc.constantFrom('/', '/etc', '/etc/a', '/etc/a/b', '/etcetera', '/srv/', undefined);
const problems = fc.array(
  fc.record({
    code: fc.constant('UNFOLD_UNREADABLE'),
    extractor: fc.constantFrom('os', 'dpkg', 'dpkg-files', 'file', 'tree', 'appliance', 'crawl', 'process'),
    path: paths,
    message: fc.constant(''),
  }),
  { maxLength: 3 },
);
const leftOut = fc.array(
  fc.record({
    path: fc.constantFrom('/mnt', '/etc'),
    reason: fc.constantFrom('other-mount' as const, 'not-mounted' as const, 'own-data' as const),
  }),
  { maxLength: 2 },
);
const features = fc.subarray([...Feature.options], { minLength: 1 });
const KEYS = ['os', '/', '/etc', '/etc/a', '/etc/a/b/c', '/etcetera', '/srv/x', '/mnt/y', 'deb:a:all'];
const counts = fc.dictionary(fc.constantFrom(...Feature.options), fc.nat(2));

test('what a crawl did not see is what an index does not end', () => {
  fc.assert(
    fc.property(features, problems, leftOut, counts, (covered, told, left, counted) => {
      const header = { features: covered } as unknown as FrameHeader;
      const closing = new Closing(header);
      const unread = new Unread(covered);
      for (const { path, ...rest } of told) {
        const problem: Problem = { ...rest, ...(path === undefined ? {} : { path }) };
        closing.problem(problem);
        unread.problem(problem);
      }
      for (const one of left) unread.leftOut(one);
      const status = told.length > 0 ? 'partial' : 'complete';
      closing.end({ status, counts: counted, leftOut: left } as unknown as FrameEnd);
      unread.counted(counted);
      for (const feature of covered) {
        const seen = KEYS.map((key) => unread.covers(feature, key));
        expect([feature, ...seen]).toEqual([feature, ...KEYS.map((key) => !closing.ends(feature, key))]);
      }
    }),
    { numRuns: 200 },
  );
});
