// unfold crawl: targets → systems → frames → index.
import { closeSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  Configuration,
  type CrawlConfiguration,
  type TargetConfiguration,
} from '../../schemas/configuration.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { SystemRef } from '../../schemas/system.ts';
import { crawl as crawlEach, type CrawledFrame, type CrawlOptions } from '../../crawler/crawl.ts';
import type { ManifestStore } from '../../crawler/manifest/manifest-store.ts';
import type { FoundSystem } from '../../crawler/sources/source.ts';
import { openSpool } from '../../crawler/spool.ts';
import type { SearchEngine } from '../../indexer/engines/search-engine.ts';
import { readConfiguration } from '../configuration.ts';
import { EXIT, reportFailure } from '../failure.ts';
import { failureOf, isBaseMissing, takeFrame } from '../frame-taking.ts';
import { indexChoice, type IndexChoice } from '../index-choice.ts';
import { openIndex } from '../index-opening.ts';
import { interruptible } from '../interrupt.ts';
import { crawledText } from '../output/crawled.ts';
import { Progress } from '../output/progress.ts';
import { knownSystems, systemsOf } from '../target-systems.ts';
import { configurationFile, dataFolder, makeDataFolder } from '../settings.ts';
import { retainConfigured } from '../retention.ts';
import { harmless, print, say, toJson } from '../terminal.ts';
import { version } from '../package.ts';
import { followContainers, signsOf } from './crawl-follow.ts';
import {
  crawlConfiguration,
  isFull,
  manifestsOf,
  openSink,
  STDOUT,
  targetsOf,
  type CrawlCommandOptions,
} from './crawl-order.ts';

/** What every crawl of a run of the command has in common. */
interface Together extends Pick<Run, 'options' | 'sink' | 'manifests'> {
  readonly configuration: Configuration;
  readonly crawl: CrawlConfiguration;
  readonly host: string;
  readonly folder: string;
  readonly index: IndexChoice | null;
  /** Notices that were given. */
  readonly said: Set<string>;
}

/** Where a crawl's frames go, and how it ends. */
interface Run {
  readonly options: CrawlCommandOptions;
  readonly engine: SearchEngine | null;
  /** Open file for `--frames`. */
  readonly sink: number | null;
  readonly manifests: ManifestStore | null;
  readonly signal: AbortSignal;
}

/**
 * Crawls, prints a line per system, and goes on where containers are followed; returns the exit status: 2 if a target is wrong or a system could not be read at
 * all, else 3 if some system was read in part.
 */
export async function crawlCommand(
  targets: readonly string[],
  options: CrawlCommandOptions,
): Promise<number> {
  const file = configurationFile(options);
  const configuration = file === null ? Configuration.parse({}) : readConfiguration(file);
  const crawlOptions = crawlConfiguration(configuration, options);
  const wanted = targetsOf(targets, configuration, options);
  const signs = await signsOf(options.follow === true ? wanted : []);
  const host = configuration.host ?? hostname();
  const folder = dataFolder(options, configuration, file);
  const index = options.index
    ? await indexChoice(options, configuration.index, { dataFolder: folder, file })
    : null;
  const known = index === null ? [] : await knownSystems(index);
  const asked = options.follow === true ? null : await listed(wanted, host, known, options);
  if (asked?.systems.length === 0) return EXIT.error;

  makeDataFolder(folder);
  const sink = options.frames === undefined ? null : openSink(options.frames);
  const manifests = manifestsOf(folder, index, options);
  const shared = { options, configuration, crawl: crawlOptions, host, folder, index, sink, manifests };
  const together: Together = { ...shared, said: new Set() };
  try {
    return await interruptible(async (signal) => {
      const crawlThem = (some: readonly FoundSystem[]): Promise<number> =>
        crawlSystems(some, together, signal);
      if (asked !== null) {
        const status = await crawlThem(asked.systems);
        return asked.areAll ? status : EXIT.error;
      }
      const pace = { lifetimeMs: options.lifetime * 1000, perMinute: options.rate };
      const atOnce = crawlOptions.concurrency;
      const followed = { targets: wanted, host, known, signs, pace, atOnce, crawl: crawlThem };
      return followContainers(followed, signal);
    });
  } finally {
    if (sink !== null && sink !== STDOUT) closeSync(sink);
  }
}

/** The systems of targets; of those that are wrong it says so. */
async function listed(
  targets: readonly TargetConfiguration[],
  host: string,
  known: readonly SystemRef[],
  { json }: CrawlCommandOptions,
): Promise<{ systems: FoundSystem[]; areAll: boolean }> {
  const { systems, errors } = await systemsOf(targets, host, known);
  for (const error of errors) reportFailure(error, json === true);
  return { systems, areAll: errors.length === 0 };
}

/** Crawls systems into the index, which nobody else waits for longer than that. */
async function crawlSystems(
  systems: readonly FoundSystem[],
  { options, configuration, crawl, host, folder, index, sink, manifests, said }: Together,
  signal: AbortSignal,
): Promise<number> {
  const engine = index === null ? null : await openIndex(index, 'write');
  try {
    const spool = openSpool(folder);
    const progress = new Progress(systems.length);
    const run: Run = { options, engine, sink, manifests, signal };
    const status = await crawlAll(systems, run, progress, {
      spool,
      crawl,
      crawler: { version: version(), host },
      ...(manifests === null ? {} : { manifests }),
      full: isFull(options),
      signal,
      progress: (system, state) => progress.update(system, state),
      notice(message) {
        if (!said.has(message)) progress.say(`notice: ${harmless(message)}`);
        said.add(message);
      },
      log: (system, line) => progress.say(harmless(`${system.name}: ${line}`)),
    });
    if (engine !== null) await retainConfigured(engine, configuration.index.retention, signal);
    return status;
  } finally {
    await engine?.close();
  }
}

async function crawlAll(
  systems: readonly FoundSystem[],
  run: Run,
  progress: Progress,
  options: CrawlOptions,
): Promise<number> {
  let status: number = EXIT.found;
  try {
    // What an interrupted run crawled and did not index.
    if (run.engine !== null)
      for (const waiting of options.spool.waiting()) {
        await takeFrame(waiting, { ...run, sink: null }).catch((error: unknown) => {
          // Only a frame that can never be indexed is given up.
          if (!(error instanceof UnfoldError && error.code.startsWith('UNFOLD_FRAME_'))) throw error;
          if (!isBaseMissing(error)) reportFailure(error, run.options.json === true);
        });
        options.spool.discard(waiting);
      }
    const refused = new Set<string>();
    const note = (frame: CrawledFrame): void => {
      if (frame.end.status === 'failed') status = EXIT.error;
      else if (frame.end.status === 'partial' && status !== EXIT.error) status = EXIT.incomplete;
    };
    for await (const frame of crawlEach(systems, options)) {
      if (await settled(frame, run, progress, options)) note(frame);
      else refused.add(frame.system.id);
    }
    // What a delta was on, the index does not have: it gets the whole.
    const again = systems.filter(({ ref }) => refused.has(ref.id));
    for await (const frame of crawlEach(again, { ...options, full: true })) {
      if (await settled(frame, run, progress, options)) note(frame);
    }
  } finally {
    progress.end();
  }
  return status;
}

/** Takes a frame and removes it from the spool; false where the index refused it, as it lacks its base. */
async function settled(
  frame: CrawledFrame,
  run: Run,
  progress: Progress,
  { spool }: CrawlOptions,
): Promise<boolean> {
  // Interrupted systems did not fail.
  if (!run.signal.aborted) {
    try {
      await finish(frame, run, progress);
    } catch (error) {
      if (isBaseMissing(error)) {
        spool.discard(frame.file);
        return false;
      }
      // Only what shall be indexed waits for the next run.
      if (run.engine === null) spool.discard(frame.file);
      throw error;
    }
  }
  spool.discard(frame.file);
  return true;
}

async function finish(frame: CrawledFrame, run: Run, progress: Progress): Promise<void> {
  const taken = await takeFrame(frame.file, run);
  progress.finished(frame.system);
  const line = run.options.json === true ? toJson(reportOf(frame, taken)) : crawledText(frame, taken);
  // With the frames on stdout, what is said about them is not data.
  if (run.sink === STDOUT) say(line);
  else print(`${line}\n`);
  if (frame.end.status === 'failed') reportFailure(failureOf(frame.system, taken), run.options.json === true);
}

function reportOf(
  { system, end, phases, peakRssBytes }: CrawledFrame,
  taken: Awaited<ReturnType<typeof takeFrame>>,
) {
  const { status, counts, kept, removed, problems, masked, skipped, leftOut } = end;
  const { seconds, problem, applied } = taken;
  return {
    system,
    status,
    counts,
    kept,
    removed,
    problems,
    seconds,
    problem,
    masked,
    skipped,
    leftOut,
    phases,
    peakRssBytes,
    applied,
  };
}
