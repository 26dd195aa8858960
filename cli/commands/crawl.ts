// unfold crawl: targets → systems → frames → index.
import { closeSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { Configuration, type TargetConfiguration } from '../../schemas/configuration.ts';
import { Feature } from '../../schemas/entries.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { crawl, type CrawledFrame, type CrawlOptions } from '../../crawler/crawl.ts';
import { ManifestStore } from '../../crawler/manifest/manifest-store.ts';
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
import { systemsOf } from '../target-systems.ts';
import { configurationFile, dataFolder, makeDataFolder, type GlobalOptions } from '../settings.ts';
import { retainConfigured } from '../retention.ts';
import { harmless, print, say, toJson } from '../terminal.ts';
import { version } from '../package.ts';

/** Options of the command. */
export interface CrawlCommandOptions extends GlobalOptions {
  frames?: string;
  index: boolean;
  features?: string;
  name?: string;
  label?: Record<string, string>;
  format?: 'raw' | 'qcow2';
  concurrency?: number;
  full?: boolean;
  delta?: boolean;
  json?: boolean;
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

const STDOUT = 1;

/**
 * Crawls, prints a line per system; returns the exit status: 2 if a target is wrong or a system could not be read at
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
  const host = configuration.host ?? hostname();
  const folder = dataFolder(options, configuration, file);
  const index = options.index
    ? await indexChoice(options, configuration.index, { dataFolder: folder, file })
    : null;
  const { systems, errors } = await systemsOf(wanted, host, index);
  for (const error of errors) reportFailure(error, options.json === true);
  if (systems.length === 0) return EXIT.error;

  makeDataFolder(folder);
  const engine = index === null ? null : await openIndex(index, 'write');
  const spool = openSpool(folder);
  const manifests = manifestsOf(folder, index, options);
  const sink = options.frames === undefined ? null : openSink(options.frames);
  try {
    return await interruptible(async (signal) => {
      const progress = new Progress(systems.length);
      const run: Run = { options, engine, sink, manifests, signal };
      const status = await crawlAll(systems, run, progress, {
        spool,
        crawl: crawlOptions,
        crawler: { version: version(), host },
        ...(manifests === null ? {} : { manifests }),
        full: isFull(options),
        signal,
        progress: (system, state) => progress.update(system, state),
        notice: (message) => progress.say(`notice: ${harmless(message)}`),
        log: (system, line) => progress.say(harmless(`${system.name}: ${line}`)),
      });
      if (engine !== null) await retainConfigured(engine, configuration.index.retention, signal);
      return errors.length > 0 ? EXIT.error : status;
    });
  } finally {
    await engine?.close();
    if (sink !== null && sink !== STDOUT) closeSync(sink);
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
    for await (const frame of crawl(systems, options)) {
      if (await settled(frame, run, progress, options)) note(frame);
      else refused.add(frame.system.id);
    }
    // What a delta was on, the index does not have: it gets the whole.
    const again = systems.filter(({ ref }) => refused.has(ref.id));
    for await (const frame of crawl(again, { ...options, full: true })) {
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

function crawlConfiguration(
  { crawl: configured }: Configuration,
  { features, concurrency }: CrawlCommandOptions,
): Configuration['crawl'] {
  const chosen = features?.split(',').map((name) => {
    const feature = Feature.safeParse(name.trim());
    if (feature.success) return feature.data;
    throw new UnfoldError('UNFOLD_USAGE', `--features: ${name} is no feature.`, {
      remedy: `Choose of ${Feature.options.join(', ')}.`,
    });
  });
  return {
    ...configured,
    ...(chosen === undefined ? {} : { features: chosen }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/** The targets of the command line, else those of the configuration. */
function targetsOf(
  targets: readonly string[],
  configuration: Configuration,
  { name, label, format }: CrawlCommandOptions,
): TargetConfiguration[] {
  const chosen =
    targets.length === 0 ? configuration.targets : targets.map((target) => known(target, configuration));
  if (chosen.length === 0)
    throw new UnfoldError('UNFOLD_USAGE', 'There is nothing to crawl: no target is named or configured.', {
      remedy: 'Name a target, for example rootfs:/srv/web1, or list targets in unfold.yaml.',
    });
  if (name !== undefined && chosen.length > 1)
    throw new UnfoldError('UNFOLD_USAGE', '--name takes one target.');
  return chosen.map((target) => ({
    ...target,
    labels: { ...target.labels, ...label },
    ...(name === undefined ? {} : { name }),
    ...(format === undefined ? {} : { format }),
  }));
}

/** A target of the command line; what the configuration says of it holds too. */
function known(target: string, { targets }: Configuration): TargetConfiguration {
  return targets.find((configured) => configured.target === target) ?? { target, labels: {} };
}

/** Whether frames are whole: who is handed a file need not have the one before. */
function isFull({ full, frames, delta }: CrawlCommandOptions): boolean {
  return full === true || (frames !== undefined && delta !== true);
}

/** null where frames go elsewhere and nobody says that all of them arrive there. */
function manifestsOf(
  folder: string,
  index: IndexChoice | null,
  { delta }: CrawlCommandOptions,
): ManifestStore | null {
  if (index?.engine === 'embedded') return new ManifestStore(folder, 'embedded');
  if (index !== null) {
    const { nodes, prefix } = index.elasticsearch;
    return new ManifestStore(folder, `elasticsearch ${prefix} ${nodes.join(' ')}`);
  }
  return delta === true ? new ManifestStore(folder, 'elsewhere') : null;
}

function openSink(path: string): number {
  if (path === '-') return STDOUT;
  try {
    return openSync(path, 'w', 0o600);
  } catch (cause) {
    throw new UnfoldError('UNFOLD_USAGE', `--frames: ${path} cannot be written.`, {
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
}
