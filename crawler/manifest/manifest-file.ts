// The form of a manifest on the disk: a line of JSON, a record per entry, and an end that tells whether it is sound.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Feature } from '../../schemas/entries.ts';
import { unwritable } from '../frame-lines.ts';
import type { Seed } from './fingerprint.ts';

/** What a manifest is about. */
export interface ManifestHeader {
  readonly format: number;
  /** The frame whose entries it lists. */
  readonly frame: string;
  readonly system: string;
  readonly features: readonly Feature[];
  readonly seed: Seed;
}

/** An entry of a frame: `key` and `state` are hashes; a state of 0 equals no other. */
export interface ManifestRecord {
  readonly key: number;
  readonly state: number;
}

/** Version of the form; another one is read as if there were no manifest. */
export const FORMAT = 1;

const CHUNK = 256 * 1024;
/** Hash of the key, state, place of the feature in the header, bytes of the name. */
const RECORD_BYTES = 8 + 8 + 1 + 3;
const LONGEST_NAME = 0xff_ffff;
/** Number of records, checksum of all before. */
const END_BYTES = 8 + 4;

/** A manifest that is cut, damaged or of another format. */
export class UnusableManifest extends Error {}

/** Writes a manifest in large chunks. Throws UNFOLD_DISK_FULL or UNFOLD_DATA_UNWRITABLE. */
export class ManifestFile {
  readonly #fd: number;
  readonly #features: readonly Feature[];
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK);
  #used = 0;
  #sum = 0;
  #records = 0;

  constructor(path: string, header: ManifestHeader) {
    try {
      this.#fd = openSync(path, 'w', 0o600);
    } catch (error) {
      throw unwritable(error);
    }
    this.#features = header.features;
    this.#bytes(Buffer.from(`${JSON.stringify(header)}\n`));
  }

  add({ key, state }: ManifestRecord, feature: Feature, name: string): void {
    const most = RECORD_BYTES + name.length * 3;
    if (most > CHUNK) {
      this.#long({ key, state }, feature, Buffer.from(name));
      return;
    }
    if (most > CHUNK - this.#used) this.#flush();
    const at = this.#used;
    const length = this.#buffer.write(name, at + RECORD_BYTES);
    this.#head(this.#buffer, at, { key, state }, feature, length);
    this.#used += RECORD_BYTES + length;
  }

  /** Writes the rest and closes the file. */
  finish(): void {
    this.#flush();
    const end = Buffer.alloc(END_BYTES);
    end.writeDoubleLE(this.#records, 0);
    end.writeUInt32LE(crc32(end.subarray(0, 8), this.#sum), 8);
    this.#write(end);
    closeSync(this.#fd);
  }

  #long(record: ManifestRecord, feature: Feature, name: Buffer): void {
    const head = Buffer.alloc(RECORD_BYTES);
    const cut = name.subarray(0, LONGEST_NAME);
    this.#head(head, 0, record, feature, cut.length);
    this.#bytes(head);
    this.#bytes(cut);
  }

  #head(buffer: Buffer, at: number, { key, state }: ManifestRecord, feature: Feature, length: number): void {
    buffer.writeDoubleLE(key, at);
    buffer.writeDoubleLE(state, at + 8);
    buffer[at + 16] = this.#features.indexOf(feature);
    buffer.writeUIntLE(length, at + 17, 3);
    this.#records += 1;
  }

  #bytes(bytes: Buffer): void {
    this.#flush();
    this.#sum = crc32(bytes, this.#sum);
    this.#write(bytes);
  }

  #flush(): void {
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#sum = crc32(bytes, this.#sum);
    this.#write(bytes);
    this.#used = 0;
  }

  #write(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      throw unwritable(error);
    }
  }
}

/** Reads a manifest from an open file, as often as is asked; the file may be replaced meanwhile. */
export class ManifestReader {
  readonly header: ManifestHeader;
  readonly records: number;
  readonly #fd: number;
  readonly #start: number;
  readonly #end: number;
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK + RECORD_BYTES);

  /** Reads all of it once. Throws UnusableManifest, and the system's error where the file cannot be opened. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    try {
      this.#end = fstatSync(this.#fd).size - END_BYTES;
      if (this.#end < 0) throw new UnusableManifest('cut');
      this.records = this.#checked();
      const first = this.#buffer.subarray(0, this.#read(0, Math.min(CHUNK, this.#end)));
      this.#start = first.indexOf(0x0a) + 1;
      this.header = headerOf(first.toString('utf8', 0, this.#start));
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** Calls `accept` for every record in order; `name` tells the record's name and is good during the call. */
  each(accept: (record: ManifestRecord, feature: Feature, name: () => string) => void): void {
    let from = this.#start;
    let bytes = this.#buffer.subarray(0, 0);
    let at = 0;
    const room = (needed: number): void => {
      if (bytes.length - at >= needed) return;
      from += at;
      bytes = needed > CHUNK ? Buffer.alloc(needed) : this.#buffer;
      bytes = bytes.subarray(0, this.#read(from, Math.min(bytes.length, this.#end - from), bytes));
      at = 0;
      if (bytes.length < needed) throw new UnusableManifest('cut');
    };
    for (let number = 0; number < this.records; number += 1) {
      room(RECORD_BYTES);
      const length = RECORD_BYTES + bytes.readUIntLE(at + 17, 3);
      room(length);
      const [chunk, start] = [bytes, at];
      const feature = this.header.features[chunk[start + 16] ?? 0];
      if (feature === undefined) throw new UnusableManifest('an unknown feature');
      const record = { key: chunk.readDoubleLE(start), state: chunk.readDoubleLE(start + 8) };
      accept(record, feature, () => chunk.toString('utf8', start + RECORD_BYTES, start + length));
      at += length;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** The number of records, where the checksum is right. */
  #checked(): number {
    let sum = 0;
    for (let at = 0; at < this.#end; at += CHUNK) {
      const length = this.#read(at, Math.min(CHUNK, this.#end - at));
      sum = crc32(this.#buffer.subarray(0, length), sum);
    }
    const end = Buffer.alloc(END_BYTES);
    this.#read(this.#end, END_BYTES, end);
    if (crc32(end.subarray(0, 8), sum) !== end.readUInt32LE(8)) throw new UnusableManifest('damaged');
    return end.readDoubleLE(0);
  }

  #read(from: number, length: number, into = this.#buffer): number {
    let done = 0;
    while (done < length) {
      const count = readSync(this.#fd, into, done, length - done, from + done);
      if (count === 0) throw new UnusableManifest('cut');
      done += count;
    }
    return done;
  }
}

function headerOf(line: string): ManifestHeader {
  let header: ManifestHeader;
  try {
    header = JSON.parse(line) as ManifestHeader;
  } catch {
    throw new UnusableManifest('no header');
  }
  if (header.format !== FORMAT) throw new UnusableManifest('of another format');
  return header;
}
