// Runs extractors over one view: known paths first, then what is alive, then one walk that is offered to all of them.
import type { CrawlConfiguration } from '../schemas/configuration.ts';
import type { ContentLines } from './contents/content-lines.ts';
import type { Feature } from '../schemas/entries.ts';
import type { Before, Extraction, ExtractionContext, Extractor, Knowledge } from './extractors/extractor.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { Recrawl } from './manifest/recrawl.ts';
import { PackagedPathTable } from './packaged-paths.ts';
import { problemOf } from './problem-of.ts';
import { ReadPlan } from './read-plan.ts';
import type { LiveVisitor } from './views/live/live-state.ts';
import type { Content, SystemView, TreeEntry, TreeVisitor } from './views/view.ts';

/** What an extraction works with. */
export interface ExtractionTools {
  /** Those of the features. */
  readonly extractors: readonly Extractor[];
  readonly features: readonly Feature[];
  readonly crawl: CrawlConfiguration;
  readonly writer: FrameWriter;
  /** Where the lines of files with bytes are made. */
  readonly contents: ContentLines;
  readonly signal: AbortSignal;
  /** Names the step that is under way. */
  phase(name: string): void;
  /** Called with every path of the walk, and the bytes of its content if it was read. */
  seen(contentBytes: number | null): void;
}

/**
 * Writes the entries of every asked feature into the frame. An extractor that fails, lacks a capability or cannot be
 * given what it reads leaves a problem; the others go on. Throws the signal's reason, and what keeps the frame from
 * being written.
 */
export async function extract(view: SystemView, tools: ExtractionTools): Promise<void> {
  const runs = startAll(view, tools);
  const plan = new ReadPlan<Run>();
  for (const run of runs) plan.add(run, run.extractor.reads);
  tools.phase('read');
  await viewing(runs, tools, () =>
    view.read(
      plan.requests,
      (file) => plan.deliver(file, (run, own) => run.attempt((extraction) => extraction.read?.(own))),
      tools.signal,
    ),
  );
  for (const run of runs) run.attempt((extraction) => extraction.afterReads?.());
  const watchers = runs.filter((run) => run.live !== undefined);
  if (watchers.length > 0) {
    tools.phase('live');
    await viewing(watchers, tools, async () => view.live?.(sharedLive(watchers), tools.signal));
  }
  const visitors = runs.filter((run) => run.visits);
  if (visitors.length > 0) {
    tools.phase('walk');
    await viewing(visitors, tools, () => view.walk(new SharedWalk(visitors, tools), tools.signal));
  }
  for (const run of runs) run.attempt((extraction) => extraction.finish?.());
  for (const totals of await tools.contents.finish()) tools.writer.include('file', totals);
}

/** One extractor at work. After its first failure it is left alone. */
class Run {
  readonly extractor: Extractor;
  readonly #writer: FrameWriter;
  #extraction: Extraction | null = null;

  constructor(extractor: Extractor, context: ExtractionContext, writer: FrameWriter) {
    this.extractor = extractor;
    this.#writer = writer;
    try {
      this.#extraction = extractor.start(context);
    } catch (error) {
      this.fail(error);
    }
  }

  get live(): LiveVisitor | undefined {
    return this.#extraction?.live;
  }

  get visits(): boolean {
    return this.#extraction?.visitor !== undefined;
  }

  /** Lets the extraction do something; its error becomes a problem, unless it is the frame that cannot be written. */
  attempt(action: (extraction: Extraction) => void): void {
    if (this.#extraction === null) return;
    try {
      action(this.#extraction);
    } catch (error) {
      this.fail(error);
    }
  }

  want(entry: TreeEntry): number {
    let bytes = 0;
    this.attempt(({ visitor }) => {
      bytes = visitor?.want(entry) ?? 0;
    });
    return bytes;
  }

  found(entry: TreeEntry, content: Content): void {
    this.attempt(({ visitor }) => visitor?.found(entry, content));
  }

  /** Ends the extraction with a problem that puts its whole feature in doubt. */
  fail(error: unknown): void {
    this.#extraction = null;
    if (this.#writer.failure !== null) throw this.#writer.failure;
    this.#writer.problem(problemOf(error, this.extractor.name));
  }
}

/** Hands what is alive to every extraction that wants it. */
function sharedLive(runs: readonly Run[]): LiveVisitor {
  const visitor: LiveVisitor = {};
  const wanted = (kind: keyof LiveVisitor): readonly Run[] =>
    runs.filter(({ live }) => live?.[kind] !== undefined);
  const [processes, connections, interfaces] = [wanted('process'), wanted('connection'), wanted('interface')];
  if (processes.length > 0)
    visitor.process = (process) => {
      for (const run of processes) run.attempt(({ live }) => live?.process?.(process));
    };
  if (connections.length > 0)
    visitor.connection = (connection) => {
      for (const run of connections) run.attempt(({ live }) => live?.connection?.(connection));
    };
  if (interfaces.length > 0)
    visitor.interface = (entry) => {
      for (const run of interfaces) run.attempt(({ live }) => live?.interface?.(entry));
    };
  return visitor;
}

/** Offers each path to every visitor: what one of them wants is read once, and each is given what it asked for. */
class SharedWalk implements TreeVisitor {
  readonly #runs: readonly Run[];
  readonly #tools: ExtractionTools;

  constructor(runs: readonly Run[], tools: ExtractionTools) {
    this.#runs = runs;
    this.#tools = tools;
  }

  want(entry: TreeEntry): number {
    let most = 0;
    for (const run of this.#runs) most = Math.max(most, run.want(entry));
    return most;
  }

  found(entry: TreeEntry, content: Content): void {
    for (const run of this.#runs)
      run.found(entry, this.#runs.length === 1 ? content : fitted(run, entry, content));
    this.#tools.seen(content && 'bytes' in content ? content.bytes.length : null);
  }
}

function fitted(run: Run, entry: TreeEntry, content: Content): Content {
  const bytes = content === null ? 0 : run.want(entry);
  if (bytes === 0) return null;
  return content && 'bytes' in content && content.bytes.length > bytes ? { skip: 'too-large' } : content;
}

/** Starts the extractors of the asked features; says which features cannot be had of this system. */
function startAll(
  view: SystemView,
  { extractors, features, crawl, writer, contents }: ExtractionTools,
): Run[] {
  const knowledge: Knowledge = { users: new Map(), groups: new Map(), packaged: new PackagedPathTable() };
  const lacking = (extractor: string, message: string): void =>
    writer.problem({ code: 'UNFOLD_CAPABILITY_MISSING', extractor, message });
  for (const feature of features) {
    if (!extractors.some((extractor) => extractor.feature === feature)) {
      lacking(feature, `nothing extracts the feature ${feature}`);
    }
  }
  const runs: Run[] = [];
  for (const extractor of extractors) {
    const { name, feature, requires } = extractor;
    const missing = requires.find((capability) => !view.capabilities.has(capability));
    if (missing !== undefined) {
      lacking(name, `this kind of system does not show its ${missing}`);
      continue;
    }
    const context: ExtractionContext = {
      knowledge,
      maxFileBytes: crawl.maxFileBytes,
      before: writer.recrawl && beforeOf(feature, writer.recrawl),
      emit: (key, entry, state) => writer.entry(feature, key, entry, state),
      emitFile(entry, bytes, packaged, state) {
        contents.add(entry, bytes, packaged);
        writer.recrawl?.wrote(feature, entry.path, state);
        writer.written.entries++;
      },
      problem: (problem) => writer.problem({ ...problem, extractor: name }),
      masked: (rule, values) => writer.masked(rule, values),
      skipped: (reason) => writer.skipped(reason),
    };
    runs.push(new Run(extractor, context, writer));
  }
  return runs;
}

function beforeOf(feature: Feature, recrawl: Recrawl): Before {
  return {
    stateOf: (entry, surroundings) => recrawl.stateOfPath(entry, surroundings),
    has: (key, state) => recrawl.has(feature, key, state),
    keep: (key, state) => recrawl.keep(feature, key, state),
  };
}

/** Lets the view work for some runs; where it fails, what they have so far stays, and each says that there is more. */
async function viewing(
  runs: readonly Run[],
  tools: ExtractionTools,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    tools.signal.throwIfAborted();
    for (const run of runs) run.fail(error);
  }
  if (tools.writer.failure !== null) throw tools.writer.failure;
}
