// Takes an entry apart into what many entries share, what it alone says, and what each crawl sees anew.
import type { Entry, FileEntry, Feature } from '../../schemas/entries.ts';

/** A JSON object. */
type Part = Record<string, unknown>;

/** What a file has of its own on every system: kept on the fact, in milliseconds, so that the entry is shared. */
export interface Stamps {
  readonly mtime: number | null;
  readonly ctime: number | null;
  readonly inode: number | null;
}

/** An entry in its parts; `text` is the content's. */
export interface EntryParts {
  readonly shared: Part;
  readonly own: Part;
  readonly stamps: Stamps;
  readonly text: string | null;
}

/** Of an entry that is no file, and of one without its fact. */
export const NO_STAMPS: Stamps = { mtime: null, ctime: null, inode: null };

/** What of a file is its alone; the rest (mode, owner, package …) repeats from file to file. */
const OWN_OF_FILE = ['path', 'path_bytes', 'size', 'hash', 'target_path'] as const;
const NOT_SHARED: ReadonlySet<string> = new Set([...OWN_OF_FILE, 'mtime', 'ctime', 'inode', 'content']);

/** Instants come in groups: files of a package share theirs. */
const REMEMBERED_INSTANTS = 4096;
const instants = new Map<string, number | null>();

/** Milliseconds of an instant that is written as `toISOString` writes it, so that nothing is lost; else null. */
function exactMilliseconds(instant: string): number | null {
  const known = instants.get(instant);
  if (known !== undefined) return known;
  const ms = Date.parse(instant);
  const exact = Number.isNaN(ms) || new Date(ms).toISOString() !== instant ? null : ms;
  if (instants.size >= REMEMBERED_INSTANTS) instants.clear();
  instants.set(instant, exact);
  return exact;
}

/** The parts of an entry. */
export function takeApart(feature: Feature, key: string, entry: Entry): EntryParts {
  if (feature !== 'file') return { shared: { ...entry }, own: {}, stamps: NO_STAMPS, text: null };
  const file = entry as FileEntry;
  const { mtime, ctime, inode, content } = file;
  const shared: Part = {};
  for (const name in file) if (!NOT_SHARED.has(name)) shared[name] = file[name as keyof FileEntry];
  const own: Part = {};
  for (const name of OWN_OF_FILE) {
    const value = file[name];
    if (value !== undefined && !(name === 'path' && value === key)) own[name] = value;
  }
  const stamps = { mtime: exactMilliseconds(mtime), ctime: exactMilliseconds(ctime), inode };
  if (stamps.mtime === null) own['mtime'] = mtime;
  if (stamps.ctime === null) own['ctime'] = ctime;
  if (content === undefined) return { shared, own, stamps, text: null };
  const { text, sha256, ...about } = content;
  if (sha256 !== undefined) own['text_sha256'] = sha256;
  shared['content'] = about;
  return { shared, own, stamps, text };
}

/** The entry of such parts; `text` null leaves the content's text out. */
export function putTogether(
  feature: Feature,
  key: string,
  parts: { shared: Part; own: Part; stamps: Stamps; text: string | null },
): Entry {
  const { shared, own, stamps, text } = parts;
  if (feature !== 'file') return shared;
  const { text_sha256: sha256, ...ownRest } = own;
  const { mtime, ctime, inode } = stamps;
  return {
    path: key,
    ...ownRest,
    ...shared,
    ...(mtime === null ? {} : { mtime: new Date(mtime).toISOString() }),
    ...(ctime === null ? {} : { ctime: new Date(ctime).toISOString() }),
    ...(inode === null ? {} : { inode }),
    ...contentOf(shared, sha256, text),
  } as unknown as Entry;
}

function contentOf(shared: Part, sha256: unknown, text: string | null): Part {
  if (shared['content'] === undefined) return {};
  return {
    content: {
      ...(text === null ? {} : { text }),
      ...(shared['content'] as Part),
      ...(sha256 === undefined ? {} : { sha256 }),
    },
  };
}

/** The directory of a key with its slash, for a file; what is left is the name. Other keys have no place. */
export function splitKey(feature: Feature, key: string): { prefix: string; name: string } {
  const cut = feature === 'file' ? key.lastIndexOf('/') + 1 : 0;
  return { prefix: key.slice(0, cut), name: key.slice(cut) };
}
