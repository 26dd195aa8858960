// How fast secrets are masked, against SHA-256 over the same bytes in the same run: node bench/redaction.ts [FOLDER…]
import { hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCredentialFile } from '../crawler/redaction/credential-file.ts';
import { redact } from '../crawler/redaction/redact.ts';

const MOST_BYTES = 150_000_000;
const LARGEST_FILE = 256 * 1024;

interface Sample {
  readonly path: string;
  readonly bytes: Buffer;
  readonly text: string;
}

function* filesBelow(folder: string): Generator<string> {
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* filesBelow(path);
    else if (item.isFile()) yield path;
  }
}

function samplesOf(folders: readonly string[]): Sample[] {
  const samples: Sample[] = [];
  let total = 0;
  for (const path of folders.flatMap((folder) => [...filesBelow(folder)])) {
    const { size } = lstatSync(path);
    if (size === 0 || size > LARGEST_FILE) continue;
    const bytes = readFileSync(path);
    if (bytes.subarray(0, 4096).includes(0)) continue;
    samples.push({ path, bytes, text: bytes.toString('utf8') });
    total += size;
    if (total > MOST_BYTES) break;
  }
  return samples;
}

function measure(samples: readonly Sample[], work: (sample: Sample) => unknown): number {
  const start = process.hrtime.bigint();
  for (const sample of samples) work(sample);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folders = process.argv.slice(2);
const samples = samplesOf(folders.length > 0 ? folders : ['/usr/share']);
const megabytes = samples.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
const works = {
  sha256: ({ bytes }: Sample) => hash('sha256', bytes),
  redact: ({ path, text }: Sample) => redact(path, text),
  isCredentialFile: ({ path, bytes }: Sample) => isCredentialFile(path, bytes),
};
const times = Object.values(works).map((work) => Array.from({ length: 5 }, () => measure(samples, work)));
const [reference = Number.NaN] = times.map(median);
console.log(`${samples.length} text files, ${megabytes.toFixed(0)} MB, medians of 5`);
Object.keys(works).forEach((name, k) => {
  const time = median(times[k] ?? []);
  console.log(
    `${name.padEnd(17)} ${(megabytes / (time / 1e3)).toFixed(0).padStart(6)} MB/s  ${(time / reference).toFixed(2)} of sha256`,
  );
});
