// Two states of systems → what differs, one thing at a time.
import type { Change, ChangeCounts, ComparedEnd, Comparison } from '../../schemas/comparison.ts';
import type { Feature, FileEntry } from '../../schemas/entries.ts';
import type { Fact } from '../../indexer/engines/search-engine.ts';
import { globToRegExp } from '../../indexer/terms/match.ts';
import { foldCase } from '../../indexer/terms/words.ts';
import { changesByLikeness, isByLikeness } from './alike.ts';
import { comparedEnds, type AskedEnd, type ComparableIndex, type EndOptions } from './ends.ts';
import { entryChange, type FoundChange } from './entry-changes.ts';
import { pairs, type Pair, type State } from './pairs.ts';
import { textChange } from './text-change.ts';

/** What to compare of two ends. */
export interface CompareOptions extends EndOptions {
  /** Null means all. */
  readonly features: readonly Feature[] | null;
  /** Glob for paths of files; null means all. */
  readonly path: string | null;
  /** Files and directories that were merely touched count, too, and connections that are being made or ended. */
  readonly minor: boolean;
  /** Read texts, and say which lines differ. */
  readonly texts: boolean;
}

/** In the order in which they are compared: short ones first, so that a reader need not scroll for them. */
export const COMPARED_FEATURES: readonly Feature[] = [
  'os',
  'package',
  'interface',
  'connection',
  'process',
  'file',
];

/** A comparison under way: what is compared is known, what differs comes with `changes`, to be read once. */
export interface ComparisonUnderWay extends Pick<
  Comparison,
  'from' | 'to' | 'features' | 'notCompared' | 'complete'
> {
  readonly changes: AsyncIterable<Change>;
}

/** Compares. Throws UNFOLD_SYSTEM_UNKNOWN. However much differs, memory holds one difference of files and packages at a time. */
export async function compare(
  engine: ComparableIndex,
  asked: { readonly from: AskedEnd; readonly to: AskedEnd & { readonly at: Date | null } },
  options: CompareOptions,
): Promise<ComparisonUnderWay> {
  const ends = await comparedEnds(engine, asked, options);
  const features: Feature[] = [];
  const notCompared: Comparison['notCompared'] = [];
  for (const feature of options.features ?? COMPARED_FEATURES) {
    const unread: ComparedEnd[] = [];
    for (const end of ends) if (!(await wasRead(engine, end, feature, options.signal))) unread.push(end);
    if (unread.length === 0) features.push(feature);
    else if (unread.length === 1 || options.features !== null)
      notCompared.push({ feature, reason: unread.map(notRead).join('; ') });
  }
  const [from, to] = [withOlder(ends[0], features), withOlder(ends[1], features)];
  return {
    from,
    to,
    features,
    notCompared,
    complete: [...from.gaps, ...to.gaps, ...notCompared].length === 0,
    changes: changes(engine, { from, to, features }, options),
  };
}

/** Whether a feature is known of an end: by its frame, or by an earlier one whose facts still hold. */
async function wasRead(
  engine: ComparableIndex,
  { system, frame }: ComparedEnd,
  feature: Feature,
  signal: AbortSignal,
): Promise<boolean> {
  if ((frame.counts[feature] ?? 0) > 0) return true;
  // A partial frame without any of a feature does not say that there is none.
  if (frame.features.includes(feature) && frame.status === 'complete') return true;
  const held = engine.facts(system.id, { span: { at: frame.at }, texts: false, feature }, signal);
  for await (const fact of held) return fact.feature === feature;
  return false;
}

/** The end with a gap for what an earlier frame read and this one did not. */
function withOlder(end: ComparedEnd, features: readonly Feature[]): ComparedEnd {
  const { system, frame } = end;
  const older = features.filter((feature) => !frame.features.includes(feature));
  if (older.length === 0) return end;
  const reason = `the frame did not read ${older.join(', ')}: what an earlier one read is compared`;
  const gap = { system: system.id, status: 'partial' as const, code: null, reason, lastFrame: frame.at };
  return { ...end, gaps: [...end.gaps, gap] };
}

function notRead({ system, frame }: ComparedEnd): string {
  return `the frame of ${system.id} at ${frame.at} has none of it`;
}

async function* changes(
  engine: ComparableIndex,
  { from, to, features }: Pick<Comparison, 'from' | 'to' | 'features'>,
  options: CompareOptions,
): AsyncGenerator<Change> {
  const states: [State, State] = [
    { system: from.system.id, at: from.frame.at },
    { system: to.system.id, at: to.frame.at },
  ];
  const isWanted = pathFilter(options.path);
  for (const feature of features) {
    // Texts that come along are read for nothing where only some paths are wanted.
    const texts = feature === 'file' && options.texts && options.path === null;
    const found = pairs(engine, states, { feature, texts, signal: options.signal });
    if (isByLikeness(feature)) {
      yield* changesByLikeness(feature, found, options.minor);
      continue;
    }
    for await (const pair of found) {
      if (feature === 'file' && !isWanted(pair.key)) continue;
      const change = entryChange(pair, options.minor);
      const told = change && (await withText(engine, states, { ...change, ...pair }, options));
      if (told !== null) yield told;
    }
  }
}

function pathFilter(glob: string | null): (path: string) => boolean {
  if (glob === null) return () => true;
  const pattern = globToRegExp(glob);
  return (path) => pattern.test(foldCase(path));
}

/** Reads the texts of a file where only they can tell what changed, or how. Null where nothing did after all. */
async function withText(
  engine: ComparableIndex,
  states: readonly [State, State],
  { change, content, from, to }: FoundChange & Pair,
  { texts, signal }: CompareOptions,
): Promise<Change | null> {
  if (content.kind === 'omitted') return { ...change, text: content };
  if (content.kind === 'bytes') return { ...change, text: { kind: 'same' } };
  if (content.kind === 'same' || (content.kind === 'text' && !texts)) return change;
  const text = await textChange(
    textIn(from) ?? (await textOf(engine, states[0], change.key, signal)),
    textIn(to) ?? (await textOf(engine, states[1], change.key, signal)),
  );
  if (text.kind !== 'same' || content.kind === 'text') return texts ? { ...change, text } : change;
  const fields = change.fields.filter((name) => name !== 'content');
  return fields.length === 0 ? null : { ...change, fields };
}

function textIn(fact: Fact | null): string | undefined {
  return (fact?.entry as FileEntry | undefined)?.content?.text;
}

async function textOf(
  engine: ComparableIndex,
  { system, at }: State,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const query = { span: { at }, texts: true, feature: 'file', key } as const;
  for await (const fact of engine.facts(system, query, signal)) return textIn(fact) ?? '';
  return '';
}

/** Counts changes as they pass. */
export async function* counted(found: AsyncIterable<Change>, counts: ChangeCounts): AsyncGenerator<Change> {
  for await (const change of found) {
    const ofFeature = (counts[change.feature] ??= { added: 0, removed: 0, changed: 0 });
    ofFeature[change.change] += change.times ?? 1;
    yield change;
  }
}
