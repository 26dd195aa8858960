// Every path of the tree: metadata, owning package, and the bytes of what was read.
import type { ContentSkip, FileEntry } from '../../schemas/entries.ts';
import { problemOfSkip } from '../problem-of.ts';
import { nameAccounts } from '../text/accounts.ts';
import type { Content, ReadFile, TreeEntry, TreeVisitor } from '../views/view.ts';
import type { Before, Extraction, ExtractionContext, Extractor, PackagedPath } from './extractor.ts';

const PASSWD = '/etc/passwd';
const GROUP = '/etc/group';
const MAX_ACCOUNT_BYTES = 2 * 1024 * 1024;

/** Instants that ISO 8601 can write with four digits of year. */
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Why a file has no text, as long as nothing about it changes; of others, the next crawl may know more. */
const LASTING: ReadonlySet<ContentSkip> = new Set(['too-large']);

const MODES = Array.from({ length: 0o10000 }, (_, mode) => mode.toString(8).padStart(4, '0'));

class FileExtraction implements Extraction, TreeVisitor {
  readonly visitor = this;
  readonly #context: ExtractionContext;
  readonly #instants = new LastInstants();
  // The entry that was looked at last, and its state.
  #looked: TreeEntry | null = null;
  #state = 0;

  constructor(context: ExtractionContext) {
    this.#context = context;
  }

  read({ path, content }: ReadFile): void {
    if ('skip' in content) {
      this.#context.problem(problemOfSkip(path, content.skip, 'names of owners were not read'));
      return;
    }
    const { users, groups } = this.#context.knowledge;
    nameAccounts(content.bytes.toString(), path === PASSWD ? users : groups);
  }

  want(entry: TreeEntry): number {
    const { before, maxFileBytes } = this.#context;
    return before?.has(entry.path, this.#stateOf(before, entry)) === true ? 0 : maxFileBytes;
  }

  found(entry: TreeEntry, content: Content): void {
    const { before, knowledge } = this.#context;
    const state = before === null ? 0 : this.#stateOf(before, entry);
    if (content === null && before?.keep(entry.path, state) === true) return;
    const file = this.#describe(entry);
    const packaged = knowledge.packaged.get(file.path);
    if (content !== null && 'bytes' in content) {
      this.#context.emitFile(file, content.bytes, packaged, state);
      return;
    }
    if (entry.type === 'file') {
      file.skipped = content?.skip ?? 'not-read';
      this.#context.skipped(file.skipped);
    }
    this.#addPackage(file, packaged);
    this.#context.emit(file.path, file, file.skipped === undefined || LASTING.has(file.skipped) ? state : 0);
  }

  /** All that the entry depends on besides the bytes, whose change shows in the times. */
  #stateOf(before: Before, entry: TreeEntry): number {
    const { users, groups, packaged } = this.#context.knowledge;
    if (entry === this.#looked) return this.#state;
    const { path, uid, gid } = entry;
    this.#looked = entry;
    this.#state = before.stateOf(entry, {
      owner: users.get(uid),
      group: groups.get(gid),
      packageName: packaged.ownerOf(path),
      packageSum: packaged.sumOf(path),
    });
    return this.#state;
  }

  #describe(entry: TreeEntry): FileEntry {
    const { users, groups } = this.#context.knowledge;
    const file: FileEntry = {
      path: entry.path,
      type: entry.type,
      size: Math.min(entry.size, Number.MAX_SAFE_INTEGER),
      mode: MODES[entry.mode & 0o7777] ?? '',
      uid: entry.uid,
      gid: entry.gid,
      mtime: this.#instants.mtime(entry.mtimeMs),
      ctime: this.#instants.ctime(entry.ctimeMs),
      inode: Math.min(entry.inode, Number.MAX_SAFE_INTEGER),
    };
    const owner = users.get(entry.uid);
    if (owner !== undefined) file.owner = owner;
    const group = groups.get(entry.gid);
    if (group !== undefined) file.group = group;
    if (entry.pathBytes !== undefined) file.path_bytes = entry.pathBytes.toString('base64');
    if (entry.target !== undefined) file.target_path = entry.target;
    return file;
  }

  /** What its package says of a path without bytes. */
  #addPackage(file: FileEntry, packaged: PackagedPath | undefined): void {
    if (packaged === undefined) return;
    file.package = { name: packaged.name };
    if (packaged.md5 !== undefined && file.type !== 'file') file.package.modified = true;
  }
}

/** Writes instants; neighbours in a tree often have the same. */
class LastInstants {
  #ms = Number.NaN;
  #text = '';
  #changedMs = Number.NaN;
  #changedText = '';

  mtime(ms: number): string {
    if (ms !== this.#ms) [this.#ms, this.#text] = [ms, instant(ms)];
    return this.#text;
  }

  ctime(ms: number): string {
    if (ms !== this.#changedMs) [this.#changedMs, this.#changedText] = [ms, instant(ms)];
    return this.#changedText;
  }
}

/** A time that no calendar has becomes the nearest one. */
function instant(ms: number): string {
  return new Date(Math.max(EARLIEST, Math.min(LATEST, Math.trunc(ms) || 0))).toISOString();
}

/** Extracts every path. */
export const file: Extractor = {
  name: 'file',
  feature: 'file',
  requires: ['files'],
  reads: [PASSWD, GROUP].map((pattern) => ({ pattern, maxBytes: MAX_ACCOUNT_BYTES })),
  start: (context) => new FileExtraction(context),
};
