// The port of a place that systems come from.
import type { CrawlConfiguration, TargetConfiguration } from '../../schemas/configuration.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { SystemRef } from '../../schemas/system.ts';
import type { Report, SystemView } from '../views/view.ts';

/** A system as its source found it; plain data, so that it can be handed to a crawl worker. */
export interface FoundSystem {
  readonly ref: SystemRef;
  /** The source's `scheme`. */
  readonly scheme: string;
  /** Where it is, in the source's own terms, e.g. an absolute path. */
  readonly place: string;
  readonly target: TargetConfiguration;
  /** What it shows: crawled where nobody asks for features by name. */
  readonly features: readonly Feature[];
  /** Of a container that runs: when its first process began, in milliseconds after the machine was booted. */
  readonly run?: number;
}

/** What files tell. */
export const FILE_FEATURES: readonly Feature[] = ['os', 'package', 'file'];
/** What runs. */
export const LIVE_FEATURES: readonly Feature[] = ['process', 'connection', 'interface'];

/** Where to learn that there may be news: when to look again, and nothing more. Any of them may be missing. */
export interface Signs {
  /** Folders whose entries change then. */
  readonly folders: readonly string[];
  /** Unix sockets of engines that tell of their containers as docker does. */
  readonly sockets: readonly string[];
}

/** What a source may use while it opens a system. */
export interface OpenContext {
  readonly crawl: CrawlConfiguration;
  /** An empty folder of this crawl alone, removed afterwards. */
  readonly scratch: string;
  /** The data folder: never part of a crawl. */
  readonly dataFolder: string;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** True where this process has a mount namespace of its own and may mount in it. */
  readonly privateMounts: boolean;
  /** Told once per crawl to the user, e.g. that access times may change. */
  notice(message: string): void;
  /** Names the step that is under way, for progress and for the split of a crawl's time. */
  phase(name: string): void;
}

/** A kind of place. `list` is cheap and touches no system's content; it and `lost` run in the parent, `open` in the worker. */
export interface Source {
  /** The part of a target before the colon. */
  readonly scheme: string;
  /** The systems of one target. Throws UnfoldError where the target itself is wrong. */
  list(target: TargetConfiguration, host: string): Promise<readonly FoundSystem[]>;
  /**
   * Those of the known systems that the target stood for before and that `list` gives no more (`listed` is null where it
   * threw). Opening one fails and says why; of one that was removed while it ran it shows that nothing runs any more.
   */
  lost(
    target: TargetConfiguration,
    host: string,
    known: readonly SystemRef[],
    listed: readonly FoundSystem[] | null,
  ): readonly FoundSystem[];
  /** What shows that systems of a target may have begun or ended; sources without it have none that do so often. */
  signs?(target: TargetConfiguration): Signs;
  /** Opens one system; throws UnfoldError where that cannot be done. */
  open(system: FoundSystem, context: OpenContext): Promise<SystemView>;
}
