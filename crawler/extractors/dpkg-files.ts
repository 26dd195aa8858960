// Who owns a path and what it was packaged as: dpkg's file lists, checksums, conffiles and diversions.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { problemOfSkip } from '../problem-of.ts';
import { lines } from '../text/lines.ts';
import type { ReadFile } from '../views/view.ts';
import { MAX_STATUS_BYTES, stanzas } from './debian/control.ts';
import type { Extraction, ExtractionContext, Extractor } from './extractor.ts';

const STATUS = '/var/lib/dpkg/status';
const DIVERSIONS = '/var/lib/dpkg/diversions';
/** `PACKAGE[:ARCHITECTURE].list` and `.md5sums`. */
const INFO = /^\/var\/lib\/dpkg\/(?:info|status\.d)\/(?<name>[^/:]+)(?::[^/]+)?\.(?<kind>list|md5sums)$/;
const MAX_INFO_BYTES = 16 * 1024 * 1024;
/** All lists and checksums together: more than a million paths. */
const MAX_TOTAL_BYTES = 192 * 1024 * 1024;
/** Folders of the root that are symbolic links into /usr today, while packages still list paths in them. */
const MERGED_FOLDERS = new Set(['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/libo32']);
const MERGED_PATH = /^\/(?:bin|sbin|lib|lib32|lib64|libx32|libo32)(?=\/)/;
const WANTED = new Set(['package', 'conffiles']);
const MD5_LINE = /^[0-9a-f]{32} [ *]./;
const CONFFILE = /^(?<path>\/.*) (?<md5>[0-9a-f]{32})(?: obsolete)?(?: remove-on-upgrade)?$/;

/** From so many bytes on, texts wait compressed: those of a large system take many times the memory of what is learnt. */
const PLAIN_BYTES = 24 * 1024 * 1024;

interface Waiting {
  readonly bytes: Buffer;
  readonly isPacked: boolean;
}

/** Texts of one kind by package; a package of two architectures has two. */
type Texts = Map<string, Waiting[]>;

/** The database is read in any order, but understood in one: diversions, lists, checksums, conffiles. */
class DpkgFilesExtraction implements Extraction {
  readonly #context: ExtractionContext;
  readonly #lists: Texts = new Map();
  readonly #checksums: Texts = new Map();
  readonly #merged = new Set<string>();
  #status: Waiting | null = null;
  #diversions: Diversions = new Map();
  #bytes = 0;

  constructor(context: ExtractionContext) {
    this.#context = context;
  }

  read({ path, entry, content }: ReadFile): void {
    if (MERGED_FOLDERS.has(path)) {
      if (entry.path === `/usr${path}`) this.#merged.add(path);
      return;
    }
    const info = INFO.exec(path)?.groups;
    if (info || path === STATUS || path === DIVERSIONS) this.#keep(path, info, content);
  }

  #keep(path: string, info: Record<string, string> | undefined, content: ReadFile['content']): void {
    if ('skip' in content || this.#bytes + content.bytes.length > MAX_TOTAL_BYTES) {
      const skip = 'skip' in content ? content.skip : 'too-large';
      this.#context.problem(problemOfSkip(path, skip, 'who owns which file was not read'));
      return;
    }
    this.#bytes += content.bytes.length;
    if (path === DIVERSIONS) this.#diversions = parseDiversions(content.bytes.toString());
    else if (path === STATUS) this.#status = this.#waiting(content.bytes);
    else if (info?.['name'] !== undefined) {
      const texts = info['kind'] === 'list' ? this.#lists : this.#checksums;
      texts.set(info['name'], [...(texts.get(info['name']) ?? []), this.#waiting(content.bytes)]);
    }
  }

  afterReads(): void {
    for (const [name, lists] of byName(this.#lists)) {
      for (const list of lists) this.#own(name, textOf(list));
    }
    for (const [name, lists] of byName(this.#checksums)) {
      for (const list of lists) this.#check(name, textOf(list));
    }
    if (this.#status !== null) {
      for (const { fields } of stanzas(textOf(this.#status), WANTED)) {
        this.#checkConffiles(fields.get('package') ?? '', fields.get('conffiles') ?? '');
      }
    }
    this.#lists.clear();
    this.#checksums.clear();
    this.#status = null;
  }

  /** A copy of bytes that are valid for now. */
  #waiting(bytes: Buffer): Waiting {
    const isPacked = this.#bytes > PLAIN_BYTES;
    return { bytes: isPacked ? deflateRawSync(bytes, { level: 1 }) : Buffer.from(bytes), isPacked };
  }

  /** Where a path that a package lists lies: another package may have moved it away, /bin may lie in /usr. */
  #place(name: string, listed: string): string {
    const diversion = this.#diversions.get(listed);
    const path = diversion && diversion.by !== name ? diversion.to : listed;
    const folder = MERGED_PATH.exec(path)?.[0];
    return folder !== undefined && this.#merged.has(folder) ? `/usr${path}` : path;
  }

  #own(name: string, list: string): void {
    const { packaged } = this.#context.knowledge;
    const owned = { name };
    for (const listed of lines(list)) {
      if (!listed.startsWith('/')) continue;
      const path = this.#place(name, listed);
      if (packaged.get(path) === undefined) packaged.set(path, owned);
    }
  }

  /** `MD5  path` lines, the path without its first slash. An image without lists has these alone. */
  #check(name: string, checksums: string): void {
    const listed = this.#lists.has(name);
    for (const line of lines(checksums)) {
      if (MD5_LINE.test(line)) this.#expect(name, `/${line.slice(34)}`, line.slice(0, 32), listed);
    }
  }

  /** ` path MD5 [obsolete]` lines of the status. */
  #checkConffiles(name: string, conffiles: string): void {
    for (const line of lines(conffiles)) {
      const { path, md5 } = CONFFILE.exec(line)?.groups ?? {};
      if (path !== undefined && md5 !== undefined) this.#expect(name, path, md5, false);
    }
  }

  /** A list is the truth of who owns a path; checksums of a path that another package took over are out of date. */
  #expect(name: string, listed: string, md5: string, mustOwn: boolean): void {
    const { packaged } = this.#context.knowledge;
    const path = this.#place(name, listed);
    const owner = packaged.get(path)?.name ?? (mustOwn ? undefined : name);
    if (owner === name) packaged.set(path, { name, md5 });
  }
}

/** Of packages that share a path the first by name owns it, in whatever order they were read. */
function byName(texts: Texts): [string, Waiting[]][] {
  return [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function textOf({ bytes, isPacked }: Waiting): string {
  return (isPacked ? inflateRawSync(bytes) : bytes).toString();
}

/** Path → where a package (or, as `:`, the administrator) has every other package's file of that path put instead. */
type Diversions = Map<string, { readonly to: string; readonly by: string }>;

/** Three lines each: the path, where it is diverted to, the package that diverts. */
function parseDiversions(text: string): Diversions {
  const diversions: Diversions = new Map();
  const [...all] = lines(text);
  for (let at = 0; at + 2 < all.length; at += 3) {
    const [path = '', to = '', by = ''] = all.slice(at, at + 3);
    diversions.set(path, { to, by });
  }
  return diversions;
}

const INFO_REQUESTS = [
  '/var/lib/dpkg/info/*.list',
  '/var/lib/dpkg/info/*.md5sums',
  '/var/lib/dpkg/status.d/*.md5sums',
];

/** Adds to the knowledge which package owns a path, and its packaged checksum. */
export const dpkgFiles: Extractor = {
  name: 'dpkg-files',
  feature: 'file',
  requires: ['files'],
  reads: [
    { pattern: STATUS, maxBytes: MAX_STATUS_BYTES },
    ...[DIVERSIONS, ...INFO_REQUESTS].map((pattern) => ({ pattern, maxBytes: MAX_INFO_BYTES })),
    ...[...MERGED_FOLDERS].map((pattern) => ({ pattern, maxBytes: 0 })),
  ],
  start: (context) => new DpkgFilesExtraction(context),
};
