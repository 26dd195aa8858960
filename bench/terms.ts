// How fast text becomes terms, against lower-casing and splitting it in the same run: node bench/terms.ts [FOLDER…]
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressesIn } from '../indexer/terms/addresses.ts';
import { distinctWords, words } from '../indexer/terms/words.ts';

const MOST_BYTES = 60_000_000;
const LARGEST_FILE = 256 * 1024;

function textsOf(folders: readonly string[]): string[] {
  const texts: string[] = [];
  let total = 0;
  for (const path of folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )) {
    const stat = lstatSync(path);
    if (!stat.isFile() || stat.size === 0 || stat.size > LARGEST_FILE) continue;
    const bytes = readFileSync(path);
    if (bytes.includes(0)) continue;
    texts.push(bytes.toString('utf8'));
    total += bytes.length;
    if (total > MOST_BYTES) break;
  }
  return texts;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function megabytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
}

/** Median MB/s of five runs over the texts. */
function speedOf(texts: readonly string[], work: (text: string) => unknown): number {
  const size = megabytes(texts);
  const speeds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (const text of texts) work(text);
    return size / ((performance.now() - start) / 1000);
  });
  return median(speeds);
}

const folders = process.argv.slice(2);
const all = textsOf(folders.length > 0 ? folders : ['/usr/share']);
const ascii = all.filter((text) => text.length === Buffer.byteLength(text));
const without = all.filter((text) => addressesIn(text).length === 0);
const hostile = ['1.1.1.1.', ':', 'a-', '1.', '::', ' '].map((piece) =>
  piece.repeat(1_000_000 / piece.length),
);

console.log(`${all.length} text files, ${megabytes(all).toFixed(0)} MB, medians of 5`);
const reference = speedOf(ascii, (text) => text.toLowerCase().split(/[^a-z0-9]+/));
const figures: readonly [string, number][] = [
  ['reference: lower-case and split', reference],
  ['words of ASCII text', speedOf(ascii, words)],
  ['words', speedOf(all, words)],
  ['distinct words', speedOf(all, distinctWords)],
  ['addresses of text without any', speedOf(without, addressesIn)],
  ['addresses', speedOf(all, addressesIn)],
  ['addresses of hostile text', speedOf(hostile, addressesIn)],
];
for (const [name, speed] of figures) {
  console.log(
    `${name.padEnd(34)} ${speed.toFixed(0).padStart(6)} MB/s   ${(speed / reference).toFixed(2)} x reference`,
  );
}
