// Every path of the tree: metadata, hash, text without secrets, owning package.
import { hash } from 'node:crypto';
import type { FileContent, FileEntry } from '../../schemas/entries.ts';
import { problemOfSkip } from '../problem-of.ts';
import { isCredentialFile } from '../redaction/credential-file.ts';
import { redact } from '../redaction/redact.ts';
import { decodeText, type DecodedText } from '../text/decode.ts';
import { lines } from '../text/lines.ts';
import type { Content, ReadFile, TreeEntry, TreeVisitor } from '../views/view.ts';
import type { Extraction, ExtractionContext, Extractor } from './extractor.ts';

const PASSWD = '/etc/passwd';
const GROUP = '/etc/group';
const MAX_ACCOUNT_BYTES = 2 * 1024 * 1024;
const ID_FIELD = 2;

/** Instants that ISO 8601 can write with four digits of year. */
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

const MODES = Array.from({ length: 0o10000 }, (_, mode) => mode.toString(8).padStart(4, '0'));

class FileExtraction implements Extraction, TreeVisitor {
  readonly visitor = this;
  readonly #context: ExtractionContext;
  readonly #instants = new LastInstants();

  constructor(context: ExtractionContext) {
    this.#context = context;
  }

  read({ path, content }: ReadFile): void {
    if ('skip' in content) {
      this.#context.problem(problemOfSkip(path, content.skip, 'names of owners were not read'));
      return;
    }
    const { users, groups } = this.#context.knowledge;
    const names = path === PASSWD ? users : groups;
    for (const line of lines(content.bytes.toString())) {
      const fields = line.split(':', ID_FIELD + 1);
      const [name, , id] = fields;
      if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
    }
  }

  want(): number {
    return this.#context.maxFileBytes;
  }

  found(entry: TreeEntry, content: Content): void {
    const file = this.#describe(entry);
    if (entry.type === 'file') this.#addContent(file, content ?? { skip: 'not-read' });
    this.#addPackage(file, content);
    this.#context.emit(file.path, file);
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

  #addContent(file: FileEntry, content: Exclude<Content, null>): void {
    const skipped = 'skip' in content ? content.skip : this.#addBytes(file, content.bytes);
    if (skipped === null) return;
    file.skipped = skipped;
    this.#context.skipped(skipped);
  }

  /** Adds hash and text; says why there is no text. */
  #addBytes(file: FileEntry, bytes: Buffer): 'credential' | 'binary' | null {
    const decoded = decodeText(bytes);
    const rule = credentialRule(file.path, bytes, decoded);
    if (rule !== null) {
      this.#context.masked(rule, 1);
      return 'credential';
    }
    if (decoded === null) {
      file.hash = { sha256: hash('sha256', bytes) };
      return 'binary';
    }
    const { text, masked } = redact(innerPath(file.path, decoded), decoded.text);
    const rules = Object.entries(masked);
    for (const [name, values] of rules) this.#context.masked(name, values);
    const content: FileContent = { ...decoded, text };
    // The hash of the file could give a short secret away.
    if (rules.length > 0) content.masked = masked;
    else file.hash = { sha256: hash('sha256', bytes) };
    if (rules.length > 0 || !isVerbatim(decoded)) content.sha256 = hash('sha256', text);
    file.content = content;
    return null;
  }

  #addPackage(file: FileEntry, content: Content): void {
    const packaged = this.#context.knowledge.packaged.get(file.path);
    if (packaged === undefined) return;
    file.package = { name: packaged.name };
    if (packaged.md5 === undefined) return;
    if (file.type !== 'file') file.package.modified = true;
    else if (content && 'bytes' in content) {
      file.package.modified = hash('md5', content.bytes) !== packaged.md5;
    }
  }
}

/** Whether the text, written as UTF-8, is the file. */
function isVerbatim(decoded: DecodedText): boolean {
  return decoded.encoding === 'utf-8' && decoded.compression === undefined;
}

/** The path that the text would have uncompressed. */
function innerPath(path: string, decoded: DecodedText): string {
  return decoded.compression === undefined ? path : path.replace(/\.t?gz$/i, '');
}

/** The rule by which nothing of a file may be kept, looking at the bytes and at what they hold. */
function credentialRule(path: string, bytes: Buffer, decoded: DecodedText | null): string | null {
  const rule = isCredentialFile(path, bytes);
  if (rule !== null || decoded === null || isVerbatim(decoded)) return rule;
  return isCredentialFile(innerPath(path, decoded), Buffer.from(decoded.text));
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
