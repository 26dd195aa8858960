// The disks over which host and appliance exchange what is large: sparse files here, block devices there.
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 1024 * 1024;

/** A stretch of a scratch disk, in bytes; its beginning is a multiple of BLOCK. */
export interface Region {
  readonly offset: number;
  readonly length: number;
}

/** Both sides read and write in blocks of this size. */
export const BLOCK = MIB;

/** What the appliance reads: a script, and two lists of paths, of which one is in use. */
export const REQUESTS = {
  file: 'requests.raw',
  label: 'requests',
  script: { offset: 0, length: 8 * MIB },
  lists: [
    { offset: 8 * MIB, length: 64 * MIB },
    { offset: 72 * MIB, length: 64 * MIB },
  ],
  length: 136 * MIB,
} as const;

/** What the appliance writes: two archives of contents, of which one is in use, and a listing. */
export const ANSWERS = {
  file: 'answers.raw',
  label: 'answers',
  contents: [
    { offset: 0, length: 512 * MIB },
    { offset: 512 * MIB, length: 512 * MIB },
  ],
  listing: { offset: 1024 * MIB, length: 63 * 1024 * MIB },
  length: 64 * 1024 * MIB,
} as const;

/** The device of a disk inside the appliance. */
export function deviceOf(label: string): string {
  return `/dev/disk/guestfs/${label}`;
}

/** The two files. They take no more room than what was written. */
export class Scratch {
  readonly #folder: string;
  readonly #requests: number;
  readonly #answers: number;
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.#requests = openSync(join(folder, REQUESTS.file), 'wx+', 0o600);
    ftruncateSync(this.#requests, REQUESTS.length);
    this.#answers = openSync(join(folder, ANSWERS.file), 'wx+', 0o600);
    ftruncateSync(this.#answers, ANSWERS.length);
  }

  /** Writes at the beginning of a region of REQUESTS. The caller keeps within it. */
  write(region: Region, bytes: Buffer): void {
    if (bytes.length > region.length) throw new RangeError('a request that does not fit');
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#requests, bytes, at, bytes.length - at, region.offset + at);
    }
  }

  /** Fills `target` from a region of ANSWERS, `at` bytes into it; what was never written is zero. */
  read(region: Region, at: number, target: Buffer): void {
    for (let done = 0; done < target.length;) {
      const read = readSync(this.#answers, target, done, target.length - done, region.offset + at + done);
      if (read === 0) {
        target.fill(0, done);
        return;
      }
      done += read;
    }
  }

  /** Removes both. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#requests);
    closeSync(this.#answers);
    for (const { file } of [REQUESTS, ANSWERS]) rmSync(join(this.#folder, file), { force: true });
  }
}
