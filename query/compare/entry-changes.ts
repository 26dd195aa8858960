// What differs between two entries of one key, leaving out what every crawl sees anew.
import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../schemas/comparison.ts';
import type { Entry, FileContent, FileEntry, PackageEntry } from '../../schemas/entries.ts';
import type { Fact } from '../../indexer/engines/search-engine.ts';
import { compareVersions, schemeOf } from '../../indexer/terms/versions/compare-versions.ts';
import { contentDifference, type ContentDifference } from './file-content.ts';
import type { Pair } from './pairs.ts';

/** What of a file is compared as its content, follows from its key or its type, or is its file system's own. */
const NOT_COMPARED = ['path', 'path_bytes', 'inode', 'ctime', 'mtime', 'size', 'hash', 'content', 'skipped'];
/** A change, and of a file what is known of its content. */
export interface FoundChange {
  readonly change: Change;
  readonly content: ContentDifference;
}

const SAME: ContentDifference = { kind: 'same' };

/** The change of a pair, null where nothing differs; `minor`: that a file or directory was touched counts too. */
export function entryChange(pair: Pair, minor: boolean): FoundChange | null {
  const { from, to } = pair;
  if (from === null) return to === null ? null : { change: changeOf(pair, to, 'added'), content: SAME };
  if (to === null) return { change: changeOf(pair, from, 'removed'), content: SAME };
  const { fields, content } =
    to.feature === 'file'
      ? fileDifference(from.entry as FileEntry, to.entry as FileEntry, minor)
      : { fields: differing(from.entry, to.entry, []), content: SAME };
  return fields.length === 0 ? null : { change: { ...changeOf(pair, to, 'changed'), fields }, content };
}

function changeOf({ key, from, to, at }: Pair, { feature }: Fact, change: Change['change']): Change {
  const action = feature === 'package' ? packageAction(from, to) : null;
  return {
    feature,
    key,
    change,
    from: from && withoutText(from.entry),
    to: to && withoutText(to.entry),
    fields: [],
    ...(at === null ? {} : { at }),
    ...(action === null ? {} : { action }),
  };
}

function withoutText(entry: Entry): Record<string, unknown> {
  if (!('content' in entry)) return { ...entry };
  const content: Partial<FileContent> = { ...entry.content };
  delete content.text;
  return { ...entry, content };
}

function fileDifference(
  from: FileEntry,
  to: FileEntry,
  minor: boolean,
): { fields: string[]; content: ContentDifference } {
  const content = contentDifference(from, to);
  const touched = minor ? (to.type === 'dir' ? ['mtime', 'size'] : ['mtime']) : [];
  const left = NOT_COMPARED.filter((name) => !touched.includes(name));
  const fields = differing(from, to, left);
  return { fields: content.kind === 'same' ? fields : ['content', ...fields], content };
}

/** Names whose values differ. */
function differing(from: Entry, to: Entry, left: readonly string[]): string[] {
  const [a, b] = [from as Record<string, unknown>, to as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (name) => !left.includes(name) && !isDeepStrictEqual(a[name], b[name]),
  );
}

/** A package of which only settings are left counts as removed. */
function packageAction(from: Fact | null, to: Fact | null): NonNullable<Change['action']> | null {
  const [before, after] = [installed(from), installed(to)];
  if (before === null) return after === null ? null : 'installed';
  if (after === null) return 'removed';
  const order = compareVersions(schemeOf('package', after), before.version, after.version);
  return order === 0 ? null : order < 0 ? 'upgraded' : 'downgraded';
}

/** The package, if it is installed. */
function installed(fact: Fact | null): PackageEntry | null {
  const entry = fact?.entry as PackageEntry | undefined;
  return entry?.status === 'installed' ? entry : null;
}
