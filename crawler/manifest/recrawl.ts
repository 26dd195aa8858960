// What a crawl knows from the one before, and what it leaves for the next: the manifest read, the manifest written.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Feature } from '../../schemas/entries.ts';
import type { FrameHeader } from '../../schemas/frame.ts';
import type { Surroundings } from '../extractors/extractor.ts';
import type { TreeEntry } from '../views/view.ts';
import { Fingerprint, type Seed } from './fingerprint.ts';
import { Manifest } from './manifest.ts';
import { FORMAT, ManifestFile } from './manifest-file.ts';

/** Where the manifests of a system lie; without a `base` the frame is whole. Plain data. */
export interface ManifestPlaces {
  readonly base: string | null;
  /** Where the next one is written; it is good once the frame is in the index. */
  readonly next: string;
}

/** Whoever changed a file this shortly before the crawl may change it again without its times telling. */
const RACY_MS = 2000;
const UNKNOWN = 0;

type Counts = Partial<Record<Feature, number>>;

/** One crawl between two manifests. Keys are unique within their feature. */
export class Recrawl {
  /** Entries of the base that still hold and are not written again; those that may, and were not seen. By feature. */
  readonly kept: Counts = {};
  readonly held: Counts = {};
  /** The frame that this one is a delta on. */
  readonly baseFrame: string | undefined;
  readonly #base: Manifest | null;
  readonly #next: ManifestFile;
  readonly #places: ManifestPlaces;
  readonly #print: Fingerprint;
  readonly #identity: number;
  readonly #racyFrom: number;
  #isSound = true;
  // What was hashed last.
  #hashed: string | null = null;
  #hashedOf: Feature | null = null;
  #hashOf = 0;

  /** `identity` is that of identity.ts. A base that is lost, damaged or of another crawl is as good as none. */
  constructor({ id, system, features, at }: FrameHeader, identity: string, places: ManifestPlaces) {
    this.#places = places;
    this.#racyFrom = Date.parse(at) - RACY_MS;
    this.#base = baseOf(places.base, system.id, features);
    this.baseFrame = this.#base?.header.frame;
    const seed = this.#base?.header.seed ?? randomSeed();
    this.#print = new Fingerprint(seed);
    this.#identity = this.#print.start().text(identity).end();
    this.#next = new ManifestFile(places.next, {
      format: FORMAT,
      frame: id,
      system: system.id,
      features,
      seed,
    });
  }

  /** The state of a path; 0 where it may change unnoticed. */
  stateOfPath(entry: TreeEntry, surroundings: Surroundings): number {
    const { type, target, size, mode, uid, gid, mtimeMs, ctimeMs, inode } = entry;
    if (!(ctimeMs < this.#racyFrom)) return UNKNOWN;
    const print = this.#print.start().number(this.#identity).text(type).text(target);
    print.number(size).number(mode).number(uid).number(gid).number(mtimeMs).number(ctimeMs).number(inode);
    const { owner, group, packageName, packageSum } = surroundings;
    print.text(owner).text(group).text(packageName).number(packageSum);
    return print.end();
  }

  /** The state of an entry that is known by its line alone. */
  stateOfLine(line: string): number {
    return this.#print.start().text(line).end();
  }

  /** True where the base has the entry in this very state. */
  has(feature: Feature, key: string, state: number): boolean {
    return state !== UNKNOWN && this.#base?.stateOf(this.#hash(feature, key)) === state;
  }

  /** Lets an entry of the base hold on; false where the base does not have it in this state. */
  keep(feature: Feature, key: string, state: number): boolean {
    if (this.#base === null || state === UNKNOWN) return false;
    const hash = this.#hash(feature, key);
    if (this.#base.stateOf(hash) !== state) return false;
    if (this.#base.meet(hash)) {
      this.kept[feature] = (this.kept[feature] ?? 0) + 1;
      this.#next.add({ key: hash, state }, feature, key);
    }
    return true;
  }

  /** Notes an entry that the frame brings. */
  wrote(feature: Feature, key: string, state = UNKNOWN): void {
    const hash = this.#hash(feature, key);
    this.#base?.meet(hash);
    this.#next.add({ key: hash, state }, feature, key);
  }

  /** Tells what of the base is gone, which is all that was not met and that `isUnread` does not say may be there unseen. */
  gone(
    isUnread: (feature: Feature, key: string) => boolean,
    tell: (feature: Feature, key: string) => void,
  ): void {
    this.#base?.missing(({ feature, key, hash }) => {
      if (isUnread(feature, key)) {
        this.held[feature] = (this.held[feature] ?? 0) + 1;
        this.#next.add({ key: hash, state: UNKNOWN }, feature, key);
      } else tell(feature, key);
    });
  }

  /** What was noted is not what the frame brings: the next crawl shall not go by it. */
  spoil(): void {
    this.#isSound = false;
  }

  /** Completes the next manifest, or leaves none. */
  finish(): void {
    this.#base?.close();
    this.#next.finish();
    if (!this.#isSound) rmSync(this.#places.next, { force: true });
  }

  /** One key is asked for several times in a row. */
  #hash(feature: Feature, key: string): number {
    if (key !== this.#hashed || feature !== this.#hashedOf) {
      this.#hashed = key;
      this.#hashedOf = feature;
      this.#hashOf = this.#print.start().text(feature).text(key).end();
    }
    return this.#hashOf;
  }
}

function baseOf(path: string | null, system: string, features: readonly Feature[]): Manifest | null {
  if (path === null) return null;
  try {
    const manifest = new Manifest(path);
    const { header } = manifest;
    if (header.system === system && header.features.join() === features.join()) return manifest;
    manifest.close();
    return null;
  } catch {
    // Lost or damaged in whatever way: it is a memory aid, and nothing depends on it.
    return null;
  }
}

function randomSeed(): Seed {
  const bytes = randomBytes(8);
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
