// A fleet that looks like one: systems of one image, each with a little of its own, crawled again and again. Deterministic.
import { hash } from 'node:crypto';
import type { FrameLine } from '../../indexer/engines/search-engine.ts';
import type { Entry, Feature, FileEntry, PackageEntry } from '../../schemas/entries.ts';
import type { EntryLine } from '../../schemas/frame.ts';
import type { SystemRef } from '../../schemas/system.ts';
import { readMaterial, type Material } from './material.ts';
import { fractionOf, numberOf } from './random.ts';

export interface FleetShape {
  readonly systems: number;
  /** Per system. */
  readonly files: number;
  /** Share of a system's files that no other system has. */
  readonly unique: number;
  /** Share of a system's entries that are another, gone, or back at each crawl but the first. */
  readonly mutation: number;
  readonly seed: number;
}

/** Names of what is decided, so that no two decisions are made with one number. */
const CHANGES = 1;
const KIND_OF_CHANGE = 2;
const ADDRESS = 3;
const SHARES_ADDRESS = 4;
const INODE = 5;

const FIRST_CRAWL = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
/** Crawls of a day start one after another: ten thousand systems fit into it. */
const BETWEEN_SYSTEMS = 8000;
const ADDRESSES = /\b10\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g;

/** What became of an entry by a crawl: how often it was rewritten and touched, and whether it is gone. */
interface State {
  readonly version: number;
  readonly touched: number;
  readonly gone: boolean;
}

interface Counts {
  readonly written: Partial<Record<Feature, number>>;
  readonly kept: Partial<Record<Feature, number>>;
  removed: number;
}

export class Fleet {
  readonly shape: FleetShape;
  readonly material: Material;
  /** Of each system's files, how many are its own. */
  readonly #own: number;

  /** Reads the material: `shape.files` files of this machine's packages at most. Whatever is yielded is made when asked for. */
  constructor(shape: FleetShape) {
    this.shape = shape;
    this.#own = Math.round(shape.files * shape.unique);
    this.material = readMaterial(shape.files - this.#own, shape.seed);
  }

  system(number: number): SystemRef {
    const name = `node${number}`;
    const host = `host${number % 10}`;
    return number % 4 === 3
      ? { id: `disk:${host}/images/${name}.qcow2`, kind: 'vm', name, labels: {} }
      : { id: `rootfs:${host}/srv/${name}`, kind: 'host', name, labels: {} };
  }

  /** When a system was crawled for the n-th time, from 0. */
  at(system: number, crawl: number): string {
    return new Date(FIRST_CRAWL + crawl * DAY + system * BETWEEN_SYSTEMS).toISOString();
  }

  frameId(system: number, crawl: number): string {
    const hex = hash('sha256', `${this.shape.seed} ${system} ${crawl}`);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** A crawl of a system as a frame, one line at a time; a delta (of any but the first) says what differs from the crawl before. */
  *frame(system: number, crawl: number, form: 'full' | 'delta' = 'full'): Generator<FrameLine> {
    const base = form === 'delta' && crawl > 0 ? crawl - 1 : null;
    const counts: Counts = { written: {}, kept: {}, removed: 0 };
    yield { header: this.#header(system, crawl, base) };
    for (let slot = 0; slot < this.#slots; slot++) {
      const line = this.#lineOf(system, slot, { crawl, base }, counts);
      if (line !== null) yield line;
    }
    yield {
      end: {
        status: 'complete',
        finishedAt: this.at(system, crawl),
        counts: counts.written,
        ...(base === null ? {} : { kept: counts.kept, removed: counts.removed }),
        problems: 0,
        leftOut: [],
        masked: {},
        skipped: {},
      },
    };
  }

  /** An address that this system alone writes into its settings. */
  ownAddress(system: number): string {
    return this.#address(system, 0, 0);
  }

  #header(system: number, crawl: number, base: number | null) {
    return {
      schema: 'unfold.frame/1',
      id: this.frameId(system, crawl),
      system: this.system(system),
      at: this.at(system, crawl),
      features: ['os', 'package', 'file'] satisfies Feature[],
      ...(base === null ? {} : { base: this.frameId(system, base) }),
      crawler: { version: '0.1.0', host: `host${system % 10}` },
    };
  }

  /** Slots: the operating system, packages, files of packages, own files. */
  get #slots(): number {
    return 1 + this.material.packages.length + this.shape.files;
  }

  #feature(slot: number): Feature {
    if (slot === 0) return 'os';
    return slot <= this.material.packages.length ? 'package' : 'file';
  }

  #state(system: number, slot: number, crawl: number): State {
    const { seed, mutation } = this.shape;
    let [version, touched, gone] = [0, 0, false];
    for (let past = 1; past <= crawl; past++) {
      if (fractionOf(seed, CHANGES, system, slot, past) >= mutation) continue;
      const kind = fractionOf(seed, KIND_OF_CHANGE, system, slot, past);
      if (kind < 0.1) gone = !gone;
      else if (kind < 0.2) touched++;
      else version++;
    }
    return { version, touched, gone };
  }

  /** What the frame says of a slot, counted; null where it says nothing. */
  #lineOf(
    system: number,
    slot: number,
    { crawl, base }: { crawl: number; base: number | null },
    counts: Counts,
  ): FrameLine | null {
    const state = this.#state(system, slot, crawl);
    const before = base === null ? null : this.#state(system, slot, base);
    const feature = this.#feature(slot);
    if (before !== null && isSame(before, state)) {
      if (!state.gone) add(counts.kept, feature);
      return null;
    }
    if (!state.gone) {
      add(counts.written, feature);
      return { line: this.#line(system, slot, state) };
    }
    if (before === null || before.gone) return null;
    counts.removed++;
    return { removed: { feature, key: this.#line(system, slot, before).key } };
  }

  #line(system: number, slot: number, state: State): EntryLine {
    const { packages, files } = this.material;
    const inPackages = slot - 1;
    const inFiles = inPackages - packages.length;
    if (slot === 0) return lineOf('os', 'os', this.#os(system, state));
    if (inPackages < packages.length) {
      const entry = changedPackage(packages[inPackages]!, state);
      return lineOf('package', `deb:${entry.name}:${entry.architecture ?? ''}`, entry);
    }
    const file =
      inFiles < files.length
        ? changedFile(files[inFiles]!, state)
        : this.#ownFile(system, inFiles - files.length, state);
    const inode = numberOf(this.shape.seed, INODE, system, slot, state.version) % 1_000_000;
    return lineOf('file', file.path, { ...file, inode });
  }

  #os(system: number, { version, touched }: State): Entry {
    const platform = system % 4 === 0 ? 'ubuntu' : 'debian';
    return {
      name: platform,
      platform,
      version: '12',
      kernel: `6.1.0-${version}.${touched}`,
      hostname: `node${system}`,
    };
  }

  /** Settings of the demo fleet, some addresses in them the fleet's, the others this system's. */
  #ownFile(system: number, number: number, { version, touched }: State): FileEntry {
    const { settings } = this.material;
    const setting = settings[number % settings.length]!;
    const own = this.#address(system, number, version);
    const keeps = (line: number) => fractionOf(this.shape.seed, SHARES_ADDRESS, system, number, line) < 0.3;
    const rewritten = setting.text
      .split('\n')
      .map((line, at) => (keeps(at) ? line : line.replace(ADDRESSES, own)))
      .join('\n');
    const text = `# node${system} ${number}.${version} at ${own}\n${rewritten}`;
    const mtime = new Date(FIRST_CRAWL - DAY + (version + touched) * 3_600_000 + number * 1000).toISOString();
    return {
      path: `/etc/site${number}${setting.path}`,
      type: 'file',
      size: Buffer.byteLength(text),
      mode: '0640',
      uid: 0,
      gid: 0,
      owner: 'root',
      group: 'root',
      mtime,
      ctime: mtime,
      inode: 0,
      hash: { sha256: hash('sha256', text) },
      content: { text, encoding: 'utf-8' },
    };
  }

  #address(system: number, number: number, version: number): string {
    const last = number === 0 ? 1 : 2 + (numberOf(this.shape.seed, ADDRESS, number, version) % 253);
    // Not of 10.0.0.0/8, which documentation on every system writes.
    return `100.${64 + (system >> 8)}.${system & 255}.${last}`;
  }
}

function lineOf(feature: Feature, key: string, entry: Entry): EntryLine {
  return { feature, key, entry };
}

function add(counts: Counts['written'], feature: Feature): void {
  counts[feature] = (counts[feature] ?? 0) + 1;
}

function isSame(a: State, b: State): boolean {
  return a.version === b.version && a.touched === b.touched && a.gone === b.gone;
}

function changedPackage(entry: PackageEntry, { version, touched }: State): PackageEntry {
  const updated = version === 0 ? entry : { ...entry, version: `${entry.version}+u${version}` };
  return touched === 0 ? updated : { ...updated, size: touched };
}

/** An update of a package reaches one system after another: a later version is the same wherever it is installed. */
function changedFile(file: FileEntry, { version, touched }: State): FileEntry {
  if (version === 0 && touched === 0) return file;
  const later = new Date(Date.parse(file.mtime) + (version * 10 + touched) * DAY).toISOString();
  const { content, ...rest } = file;
  if (version === 0) return { ...file, mtime: later };
  const text = `${content?.text ?? file.path}\nupdate ${version} of ${file.package?.name ?? ''}\n`;
  return {
    ...rest,
    mtime: later,
    ...(file.hash === undefined ? {} : { hash: { sha256: hash('sha256', text) } }),
    ...(content === undefined ? {} : { size: Buffer.byteLength(text), content: { ...content, text } }),
  };
}
