// The index in Elasticsearch against Elasticsearch itself: how fast frames go in, how large they are, how fast lookups are.
// Run: node bench/elasticsearch.ts --node URL [--systems N] [--files N] [--unique SHARE]
import { performance } from 'node:perf_hooks';
import { Client } from '@elastic/elasticsearch';
import { openElasticsearch } from '../indexer/engines/elasticsearch/engine.ts';
import { contentDocument, describeEntry, entryDocument } from '../indexer/engines/elasticsearch/documents.ts';
import { blockOf } from '../indexer/engines/elasticsearch/entry-numbers.ts';
import { makeIndices } from '../indexer/engines/elasticsearch/generations.ts';
import { KINDS, namesOf } from '../indexer/engines/elasticsearch/indices.ts';
import type { FrameLine, SearchEngine } from '../indexer/engines/search-engine.ts';
import { lookup } from '../query/lookup/lookup.ts';
import { ElasticsearchConfiguration } from '../schemas/configuration.ts';
import type { FileEntry } from '../schemas/entries.ts';
import { NO_SIGNAL, stream } from './fleet/engine.ts';
import { median, megabytes, peakMemory, quantile, report } from './fleet/figures.ts';
import { Fleet } from './fleet/fleet.ts';
import { fleetOptions } from './fleet/options.ts';
import { questionsFor } from './fleet/questions.ts';

const RUNS = 3;
const BULK_BYTES = 5_000_000;
const REFERENCE_SYSTEMS = 5;
const STALE_AFTER_HOURS = 24 * 3650;

const options = fleetOptions({ systems: 200, files: 5000 });
const fleet = new Fleet(options);
const client = new Client({ nodes: [...options.nodes] });
const prefixes: string[] = [];

function configuration(): ElasticsearchConfiguration {
  const prefix = `bench-${process.pid}-${prefixes.length}`;
  prefixes.push(prefix);
  return ElasticsearchConfiguration.parse({ nodes: options.nodes, prefix, replicas: 0 });
}

async function remove(): Promise<void> {
  for (const prefix of prefixes) {
    for (const kind of KINDS) {
      const name = namesOf(prefix)[kind];
      const found = await client.indices.getAlias({ name }, { ignore: [404] });
      for (const index of Object.keys(found)) await client.indices.delete({ index }, { ignore: [404] });
      await client.indices.deleteIndexTemplate({ name }, { ignore: [404] });
    }
  }
}

/** Sends documents as a minimal client would: two requests of five megabytes at a time, nothing looked at. */
async function rawBulk(
  documents: readonly [index: string, id: string, document: unknown][],
): Promise<number> {
  const start = performance.now();
  const requests = chunks(documents).values();
  const send = async () => {
    for (const operations of requests) await client.bulk({ operations });
  };
  await Promise.all([send(), send()]);
  await client.indices.refresh({ index: [...new Set(documents.map(([index]) => index))] });
  return performance.now() - start;
}

function chunks(documents: readonly [index: string, id: string, document: unknown][]): string[][] {
  const requests: string[][] = [];
  let request: string[] = [];
  let bytes = 0;
  for (const [index, id, document] of documents) {
    const lines = [JSON.stringify({ create: { _index: index, _id: id } }), JSON.stringify(document)];
    request.push(...lines);
    bytes += lines.join('').length;
    if (bytes < BULK_BYTES) continue;
    requests.push(request);
    request = [];
    bytes = 0;
  }
  if (request.length > 0) requests.push(request);
  return requests;
}

/** The documents of a frame's contents and entries, made beforehand: a minimal client has them. */
function documentsOf(lines: readonly FrameLine[], prefix: string): [string, string, unknown][] {
  const names = namesOf(prefix);
  const documents = new Map<string, [string, string, unknown]>();
  let number = 0;
  for (const line of lines) {
    if (!('line' in line)) continue;
    const { feature, key, entry } = line.line;
    const described = describeEntry(feature, key, entry);
    const { parts, content, digest } = described;
    if (content !== null && parts.text !== null)
      documents.set(content, [names.contents, content, contentDocument(parts.text)]);
    const stored = { number: number++, key, shared: parts.shared, own: parts.own, content };
    documents.set(digest, [names.entries, digest, entryDocument(feature, stored, blockOf(stored.number))]);
  }
  return [...documents.values()];
}

/** New text: the frame of a system of which nothing is known, in turns with a minimal client. */
async function againstRaw(): Promise<void> {
  const lines = [...fleet.frame(0, 0)];
  const [ours, raw]: [number[], number[]] = [[], []];
  for (let run = 0; run <= RUNS; run++) {
    const own = configuration();
    const engine = await openElasticsearch(own, 'write');
    const start = performance.now();
    await engine.apply(stream(lines), NO_SIGNAL);
    const took = performance.now() - start;
    await engine.close();
    const other = configuration();
    await makeIndices(client, other, NO_SIGNAL);
    const rawTook = await rawBulk(documentsOf(lines, other.prefix));
    // The first run warms up.
    if (run === 0) continue;
    ours.push(took);
    raw.push(rawTook);
  }
  const share = (100 * median(raw)) / median(ours);
  report('ingest of a new system', `${share.toFixed(0)} % of raw _bulk`, '80 %');
}

/** One document per system and file, as anyone would keep them, of the first systems. */
async function plainIndex(frames: readonly FrameLine[][]): Promise<{ took: number; bytes: number }> {
  const index = `bench-${process.pid}-plain`;
  await client.indices.create({
    index,
    settings: { number_of_replicas: 0, refresh_interval: '-1' },
    mappings: {
      dynamic: false,
      properties: { system: { type: 'keyword' }, path: { type: 'keyword' }, text: { type: 'text' } },
    },
  });
  try {
    let took = 0;
    for (const [system, lines] of frames.entries()) {
      const documents = lines.flatMap((line, at): [string, string, unknown][] => {
        if (!('line' in line)) return [];
        const { key, entry } = line.line;
        const { content, ...rest } = entry as unknown as FileEntry;
        return [[index, `${system}-${at}`, { ...rest, system, path: key, text: content?.text }]];
      });
      took += await rawBulk(documents);
    }
    await client.indices.forcemerge({ index, max_num_segments: 1 });
    return { took, bytes: await sizeOf([index]) };
  } finally {
    await client.indices.delete({ index });
  }
}

async function sizeOf(index: string[]): Promise<number> {
  await client.indices.flush({ index });
  const stats = await client.indices.stats({ index, metric: 'store' });
  return stats._all.primaries?.store?.size_in_bytes ?? 0;
}

async function fleetIndex(): Promise<SearchEngine> {
  const own = configuration();
  const engine = await openElasticsearch(own, 'write');
  let [facts, took] = [0, 0];
  for (let system = 0; system < options.systems; system++) {
    const lines = [...fleet.frame(system, 0)];
    const start = performance.now();
    facts += (await engine.apply(stream(lines), NO_SIGNAL)).opened;
    took += performance.now() - start;
  }
  report('ingest of the fleet', `${((facts / took) * 1000).toFixed(0)} facts/s, ${facts} facts`);
  const some = Array.from({ length: Math.min(REFERENCE_SYSTEMS, options.systems) }, (_, system) => [
    ...fleet.frame(system, 0),
  ]);
  const plain = await plainIndex(some);
  const plainTook = (plain.took / some.length) * options.systems;
  report('  against a document per system and entry', `${(plainTook / took).toFixed(1)}x as fast`);
  const names = KINDS.map((kind) => namesOf(own.prefix)[kind]);
  await client.indices.forcemerge({ index: names, max_num_segments: 1 });
  const bytes = await sizeOf(names);
  const plainBytes = (plain.bytes / some.length) * options.systems;
  report('index size', `${megabytes(bytes)}, 1/${(plainBytes / bytes).toFixed(1)} of such documents`, '1/15');
  return engine;
}

async function lookups(engine: SearchEngine): Promise<void> {
  const { own, shared } = questionsFor(fleet);
  const context = { at: null, evidence: 3, staleAfterHours: STALE_AFTER_HOURS, signal: NO_SIGNAL };
  for (const [name, addresses] of [
    ['lookup: address of one system', own],
    ['lookup: address on many systems', shared.slice(0, 20)],
  ] as const) {
    const tails: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const times: number[] = [];
      for (const address of addresses) {
        const start = performance.now();
        await lookup(engine, [address], context);
        times.push(performance.now() - start);
      }
      if (run > 0) tails.push(quantile(times, 0.95));
    }
    report(name, `p95 ${median(tails).toFixed(1)} ms`, '60 ms');
  }
}

try {
  const { systems, files, unique } = options;
  console.log(`${systems} systems x ${files} files, ${unique * 100} % of them unique`);
  await againstRaw();
  const engine = await fleetIndex();
  await lookups(engine);
  await engine.close();
  report('peak RSS', peakMemory());
} finally {
  await remove();
  await client.close();
}
