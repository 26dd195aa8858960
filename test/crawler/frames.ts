// Crawls in tests, and frames as they came out of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { crawl, type CrawledFrame, type CrawlOptions } from '../../crawler/crawl.ts';
import { sourceOfTarget } from '../../crawler/sources/registry.ts';
import { openSpool, type Spool } from '../../crawler/spool.ts';
import { CrawlConfiguration } from '../../schemas/configuration.ts';
import { ENTRY_SCHEMAS, type Entry, type Feature } from '../../schemas/entries.ts';
import {
  EndLine,
  HeaderLine,
  RemovedLine,
  type EntryName,
  type FrameEnd,
  type FrameHeader,
} from '../../schemas/frame.ts';
import { Problem } from '../../schemas/problem.ts';

/** A frame, read whole. */
export interface Frame {
  readonly header: FrameHeader;
  readonly entries: Partial<Record<Feature, Map<string, Record<string, unknown>>>>;
  readonly removed: EntryName[];
  readonly problems: Problem[];
  readonly end: FrameEnd;
  readonly text: string;
}

const schema = (name: string): object =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/json', name), 'utf8')) as object;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const isLine = ajv.compile(schema('frame-line.1.json'));
const isEntry = ajv.compile(schema('entry.1.json'));

/** Parses a frame's text and holds every line against the schemas, zod's and the published ones. */
export function parseFrame(text: string): Frame {
  expect(text.endsWith('\n')).toBe(true);
  expect(text.isWellFormed()).toBe(true);
  const lines = text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const header = HeaderLine.parse(lines[0])._frame;
  const end = EndLine.parse(lines.at(-1))._end;
  const frame: Frame = { header, entries: {}, removed: [], problems: [], end, text };
  for (const line of lines) {
    if (!isLine(line)) throw new Error(`not a frame line: ${JSON.stringify(line)}`);
    if ('removed' in line) frame.removed.push(RemovedLine.parse(line).removed);
    if ('problem' in line) frame.problems.push(Problem.parse(line['problem']));
    if (!('feature' in line)) continue;
    const { feature, key, entry } = line as { feature: Feature; key: string; entry: Entry };
    ENTRY_SCHEMAS[feature].parse(entry);
    if (!isEntry({ [feature]: entry })) throw new Error(`not an entry: ${JSON.stringify(entry)}`);
    const known = (frame.entries[feature] ??= new Map());
    expect(known.has(key)).toBe(false);
    known.set(key, entry);
  }
  for (const feature of header.features) expect(end.counts[feature]).toBe(frame.entries[feature]?.size ?? 0);
  expect(end.problems).toBe(frame.problems.length);
  expect(end.removed).toBe(header.base === undefined ? undefined : frame.removed.length);
  return frame;
}

export const CRAWLER = { version: '0.0.0', host: 'testhost' };

/** Options of a crawl into a data folder. */
export function crawlOptions(
  spool: Spool,
  configuration: Partial<CrawlConfiguration> = {},
  more: Partial<CrawlOptions> = {},
): CrawlOptions {
  return { spool, crawler: CRAWLER, crawl: CrawlConfiguration.parse(configuration), ...more };
}

/** Crawls targets into a data folder, and reads and discards the frames. */
export async function crawlTargets(
  dataFolder: string,
  targets: readonly string[],
  configuration: Partial<CrawlConfiguration> = {},
  more: Partial<CrawlOptions> = {},
): Promise<{ frames: Frame[]; crawled: CrawledFrame[] }> {
  const spool = openSpool(dataFolder);
  const systems = [];
  for (const target of targets) {
    const source = await sourceOfTarget(target);
    systems.push(...(await source.list({ target, labels: {} }, 'testhost')));
  }
  const frames: Frame[] = [];
  const crawled: CrawledFrame[] = [];
  // What a worker says when it fails belongs to the report of the test.
  const log: CrawlOptions['log'] = (_, line) => process.stderr.write(`${line}\n`);
  for await (const frame of crawl(systems, crawlOptions(spool, configuration, { log, ...more }))) {
    crawled.push(frame);
    frames.push(parseFrame(readFileSync(frame.file, 'utf8')));
    spool.discard(frame.file);
  }
  return { frames, crawled };
}
