// The spool: where frames wait between crawl and index, safe from crashes and from other crawls.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { unwritable } from './frame-lines.ts';

/** `INSTANT_OWNER_FRAME.ndjson`, with `.tmp` behind it while it is being written; a scratch folder is `OWNER_FRAME`. */
const NAME =
  /^(?:\d{8}T\d{9}Z_)?(?<owner>[\da-z]+\.[\da-z]+\.[\da-z]+)_[\da-f-]+(?:\.ndjson(?:\.tmp|\.manifest)?)?$/;
const FINISHED = '.ndjson';
const MANIFEST = '.manifest';
/** Nobody crawls one system for longer; from then on an owner who cannot be seen from here counts as dead. */
const UNSEEN_OWNER_MS = 48 * 3600 * 1000;

/** The places of one frame. */
export interface SpoolPlace {
  /** Where it is written. */
  readonly temporary: string;
  /** Where it lies once it is whole. */
  readonly finished: string;
  /** Where its manifest lies, which goes with it. */
  readonly manifest: string;
  /** An empty folder for the crawl. */
  readonly scratch: string;
}

/** A crawl's use of a data folder. Several crawls may use the same one at a time. */
export interface Spool {
  readonly dataFolder: string;
  /** Frames that a crawl finished and nobody indexed, the oldest first; those of other crawls at work are theirs. */
  waiting(): readonly string[];
  /** Makes room for a frame. */
  place(at: Date, frameId: string): SpoolPlace;
  /** Removes a frame and its manifest, once it is indexed or not wanted. */
  discard(file: string): void;
  /** Removes what the crawl of a frame left besides the frame. Idempotent. */
  clear(place: SpoolPlace): void;
}

/**
 * Opens the spool of a data folder and sweeps what crawls left that are no more. Throws UNFOLD_DATA_UNWRITABLE or
 * UNFOLD_DISK_FULL.
 */
export function openSpool(dataFolder: string): Spool {
  const frames = join(dataFolder, 'spool');
  const scratch = join(dataFolder, 'scratch');
  const me = ownerName();
  attempt(() => {
    for (const folder of [frames, scratch]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(folder)) {
        if (!isWanted(folder, name) && isAbandoned(folder, name)) remove(join(folder, name));
      }
    }
  });
  return {
    dataFolder,
    waiting: () =>
      readdirSync(frames)
        .filter((name) => name.endsWith(FINISHED) && (ownerOf(name) === me || isAbandoned(frames, name)))
        .sort()
        .map((name) => join(frames, name)),
    place(at, frameId) {
      const stem = `${at.toISOString().replace(/[-:.]/g, '')}_${me}_${frameId}`;
      const finished = join(frames, `${stem}${FINISHED}`);
      // Short, because a socket in it may have a path of 107 bytes.
      const own = join(scratch, `${me}_${frameId.slice(0, 8)}`);
      const place = { temporary: `${finished}.tmp`, finished, manifest: manifestOf(finished), scratch: own };
      attempt(() => mkdirSync(place.scratch, { mode: 0o700 }));
      return place;
    },
    discard(file) {
      rmSync(file, { force: true });
      rmSync(manifestOf(file), { force: true });
    },
    clear(place) {
      rmSync(place.temporary, { force: true });
      if (!existsSync(place.finished)) rmSync(place.manifest, { force: true });
      remove(place.scratch);
    },
  };
}

/**
 * Writes a frame into its temporary file and, once all of it is on the disk, gives it its final name, which says that
 * it is whole. Rejects with UNFOLD_DISK_FULL or UNFOLD_DATA_UNWRITABLE.
 */
export async function publishFrame<T>(
  { temporary, finished }: SpoolPlace,
  write: (fd: number) => T | Promise<T>,
): Promise<T> {
  const fd = attempt(() => openSync(temporary, 'w', 0o600));
  let written: T;
  try {
    written = await write(fd);
    attempt(() => fsyncSync(fd));
  } finally {
    closeSync(fd);
  }
  attempt(() => {
    renameSync(temporary, finished);
    const folder = openSync(dirname(finished), 'r');
    fsyncSync(folder);
    closeSync(folder);
  });
  return written;
}

/** Where the manifest of a finished frame lies, if there is one. */
export function manifestOf(frame: string): string {
  return `${frame}${MANIFEST}`;
}

/** A finished frame, or what belongs to one. */
function isWanted(folder: string, name: string): boolean {
  if (name.endsWith(FINISHED + MANIFEST)) return existsSync(join(folder, name.slice(0, -MANIFEST.length)));
  return name.endsWith(FINISHED);
}

function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unwritable(error);
  }
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** PIDNAMESPACE.PID.STARTTIME of this process: a pid alone is given to another process sooner or later. */
function ownerName(): string {
  return [pidNamespace(), process.pid.toString(36), startTime(process.pid) ?? '0'].join('.');
}

function ownerOf(name: string): string | null {
  return NAME.exec(name)?.groups?.['owner'] ?? null;
}

/** True where nobody works on it any more; false for what is not the spool's. */
function isAbandoned(folder: string, name: string): boolean {
  const owner = ownerOf(name);
  if (owner === null) return false;
  const [namespace, pid, start] = owner.split('.');
  if (namespace === pidNamespace()) return startTime(parseInt(pid ?? '', 36)) !== start;
  const stats = statSync(join(folder, name), { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > UNSEEN_OWNER_MS;
}

function pidNamespace(): string {
  return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0).toString(36);
}

/** Clock ticks from boot to the start of a process; null where it is no more. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the program's name, is in parentheses and may hold anything; the start is the 22nd.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0).toString(36);
  } catch {
    return null;
  }
}
