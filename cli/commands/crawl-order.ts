// What a crawl is asked to do: options of the command and what the configuration says, put together.
import { openSync } from 'node:fs';
import type { Configuration, TargetConfiguration } from '../../schemas/configuration.ts';
import { Feature } from '../../schemas/entries.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { ManifestStore } from '../../crawler/manifest/manifest-store.ts';
import type { IndexChoice } from '../index-choice.ts';
import type { GlobalOptions } from '../settings.ts';

/** Options of the command. */
export interface CrawlCommandOptions extends GlobalOptions {
  frames?: string;
  index: boolean;
  features?: string;
  name?: string;
  label?: Record<string, string>;
  format?: 'raw' | 'qcow2';
  platform?: string;
  concurrency?: number;
  follow?: boolean;
  lifetime: number;
  rate: number;
  pause?: boolean;
  full?: boolean;
  delta?: boolean;
  json?: boolean;
}

/** Where frames are written that go to stdout. */
export const STDOUT = 1;

/** How systems are crawled. Throws UNFOLD_USAGE. */
export function crawlConfiguration(
  { crawl: configured }: Configuration,
  { features, concurrency, pause }: CrawlCommandOptions,
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
    ...(pause === undefined ? {} : { pause }),
  };
}

/** The targets of the command line, else those of the configuration. */
export function targetsOf(
  targets: readonly string[],
  configuration: Configuration,
  { name, label, format, platform }: CrawlCommandOptions,
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
    ...(platform === undefined ? {} : { platform }),
  }));
}

/** A target of the command line; what the configuration says of it holds too. */
function known(target: string, { targets }: Configuration): TargetConfiguration {
  return targets.find((configured) => configured.target === target) ?? { target, labels: {} };
}

/** Whether frames are whole: who is handed a file need not have the one before. */
export function isFull({ full, frames, delta }: CrawlCommandOptions): boolean {
  return full === true || (frames !== undefined && delta !== true);
}

/** null where frames go elsewhere and nobody says that all of them arrive there. */
export function manifestsOf(
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

/** Opens the file for `--frames`. Throws UNFOLD_USAGE. */
export function openSink(path: string): number {
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
