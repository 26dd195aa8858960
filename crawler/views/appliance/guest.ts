// What is asked of the mounted system: lists of paths with their metadata, and contents of many files at a time.
import { statfsSync } from 'node:fs';
import { UnfoldError } from '../../../schemas/error.ts';
import { memberBytes, MalformedArchive, padded, tarMembers } from '../../formats/tar.ts';
import type { Report } from '../view.ts';
import { fetchCommand, type Appliance } from './appliance.ts';
import { BrokenListing, LISTED, LISTED_END, listed, type Listed } from './listing.ts';
import { ANSWERS, BLOCK, deviceOf, REQUESTS, type Region } from './scratch.ts';
import { Complaints } from './tool-errors.ts';

/** A batch takes seconds even when it is emulated. */
const BATCH_MS = 900_000;
/** As much of the complaints as is looked at. */
const MOST_COMPLAINTS = 2_000_000;
const ERRORS = '/run/unfold.err';
const NO_ROOM = 16 * BLOCK;

/** The largest file whose content fits into a batch. */
export const LARGEST_CONTENT = 256 * BLOCK;

/** Contents of a batch by position; none where a file could not be read. */
export type Contents = ReadonlyMap<number, Buffer>;

/** The system that is mounted at /sysroot. */
export class Guest {
  readonly #appliance: Appliance;
  readonly #folder: string;
  readonly #complaints: Complaints;
  #archive = Buffer.alloc(0);

  /** `folder` is where the scratch disks lie. */
  constructor(appliance: Appliance, folder: string, report: Report) {
    this.#appliance = appliance;
    this.#folder = folder;
    this.#complaints = new Complaints(report);
  }

  /**
   * Lists what a find expression prints, from the root of the system on; `print` is its word for printing. The listing
   * is valid until the next one. What cannot be read becomes a problem.
   */
  async list(expression: (print: string) => string, timeoutMs: number): Promise<Iterable<Listed>> {
    const find = `find . ${expression(`-printf '${LISTED}'`)} 2>${ERRORS}`;
    const { offset } = ANSWERS.listing;
    await this.#run(`{ ${find}; ${LISTED_END}; } | ${store(offset, 'conv=sync,notrunc')}`, timeoutMs);
    return this.#listing();
  }

  *#listing(): Generator<Listed> {
    const { scratch } = this.#appliance;
    try {
      yield* listed((at, target) => scratch.read(ANSWERS.listing, at, target));
    } catch (error) {
      throw error instanceof BrokenListing ? this.#lost(error) : error;
    }
  }

  /** Has the appliance put the contents of files into one of two regions; `contents` hands them over afterwards. */
  async fetch(which: 0 | 1, files: readonly Listed[]): Promise<ReadonlySet<string>> {
    const list = Buffer.from(files.map(({ bytes }) => `.${bytes}\0`).join(''), 'latin1');
    const region: Region = REQUESTS.lists[which];
    this.#appliance.scratch.write(region, list);
    const tar = `tar --no-recursion --no-unquote --null -T - --hard-dereference --numeric-owner --format=gnu --quoting-style=escape -b ${BLOCK / 512} -cf - 2>${ERRORS}`;
    const { offset } = ANSWERS.contents[which];
    const get = fetchCommand(region.offset, list.length);
    // A complaint that is not seen would let zeros pass for content.
    const all = `[ "$(wc -c <${ERRORS})" -le ${MOST_COMPLAINTS} ]`;
    return this.#run(`${get} | ${tar} | ${store(offset, 'conv=notrunc')} && ${all}`, BATCH_MS);
  }

  /** The contents that were fetched; valid until the next call. `failed` are the paths that `fetch` resolved to. */
  contents(which: 0 | 1, files: readonly Listed[], failed: ReadonlySet<string>): Contents {
    const length = files.reduce(
      (sum, { bytes, entry }) => sum + memberBytes(bytes.length + 1, entry.size),
      BLOCK,
    );
    if (this.#archive.length < length) this.#archive = Buffer.alloc(padded(length));
    const archive = this.#archive.subarray(0, length);
    this.#appliance.scratch.read(ANSWERS.contents[which], 0, archive);
    try {
      return matched(archive, files, failed);
    } catch (error) {
      throw error instanceof MalformedArchive ? this.#lost(error) : error;
    }
  }

  /** Runs a pipeline in the root of the system; the paths that it complained about. */
  async #run(pipeline: string, timeoutMs: number): Promise<Set<string>> {
    const script = `export LC_ALL=C; cd /sysroot && : >${ERRORS} && ${pipeline} && head -c ${MOST_COMPLAINTS} ${ERRORS}`;
    const { output, exitCode } = await this.#appliance.run(script, timeoutMs);
    if (exitCode !== 0) throw this.#lost(new Error(`exit code ${exitCode}`));
    return this.#complaints.tell(output);
  }

  #lost(cause: Error): UnfoldError {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize < NO_ROOM
      ? new UnfoldError('UNFOLD_DISK_FULL', 'no room is left for what the disk holds', { cause })
      : new UnfoldError('UNFOLD_APPLIANCE_FAILED', `the appliance lost what it read: ${cause.message}`, {
          cause,
        });
  }
}

/** An archive has its members in the order in which they were asked for; some may be missing. */
function matched(archive: Buffer, files: readonly Listed[], failed: ReadonlySet<string>): Contents {
  const contents = new Map<number, Buffer>();
  let position = 0;
  for (const { name, bytes } of tarMembers(archive)) {
    while (position < files.length && `.${files[position]?.bytes ?? ''}` !== name) position += 1;
    const file = files[position];
    if (file === undefined) throw new MalformedArchive('a member that was not asked for');
    if (bytes.length === file.entry.size && !failed.has(file.bytes)) contents.set(position, bytes);
    position += 1;
  }
  return contents;
}

function store(offset: number, conversion: string): string {
  return `dd of=${deviceOf(ANSWERS.label)} bs=${BLOCK} seek=${offset / BLOCK} iflag=fullblock oflag=direct ${conversion} 2>/dev/null`;
}
