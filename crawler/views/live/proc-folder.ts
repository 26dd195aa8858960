// Reads files below /proc/PID anchored to its open directory: what is read belongs to one process, also where its number
// is given to another one meanwhile.
import { closeSync, openSync, readSync, statfsSync, statSync } from 'node:fs';
import { UnfoldError } from '../../../schemas/error.ts';
import { at, linkTarget, namesIn, openDirectory, openRoot, systemCode, withFd } from '../tree/anchor.ts';

/** What the system says of a process that ended, or that never had such a file. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH', 'EINVAL', 'ENOTDIR']);
const PROC_MAGIC = 0x9fa0;
const CHUNK = 64 * 1024;

/** Bytes as latin1, at most so many as were asked for. */
export interface ProcText {
  readonly text: string;
  readonly truncated: boolean;
}

/** `gone`: the process ended. `denied`: this user may not see it. */
export type Unseen = 'gone' | 'denied';

/** An open directory of /proc: the top, or one process. */
export class ProcFolder {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** The top, at a path such as `/proc`. Throws UNFOLD_UNREADABLE where no proc file system is mounted. */
  static open(path: string): ProcFolder {
    let fd: number | undefined;
    try {
      fd = openRoot(path);
      if (statfsSync(at(fd, '.')).type === PROC_MAGIC) return new ProcFolder(fd);
    } catch (error) {
      systemCode(error);
    }
    if (fd !== undefined) closeSync(fd);
    throw new UnfoldError('UNFOLD_UNREADABLE', `${path} is no proc file system`);
  }

  /** Ids of the processes there are, in ascending order. */
  processes(): number[] {
    return namesIn(at(this.#fd, '.'))
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Opens the directory of a process. */
  openProcess(pid: number): ProcFolder | Unseen {
    return seen(() => new ProcFolder(openDirectory(at(this.#fd, String(pid)))));
  }

  /** A path of the open directory, valid while it is open. */
  get path(): string {
    return `/proc/self/fd/${this.#fd}`;
  }

  /** Uses the directory of a process while it is open. */
  withProcess<T>(pid: number, use: (folder: ProcFolder) => T): T | Unseen {
    return seen(() => withFd(openDirectory(at(this.#fd, String(pid))), (fd) => use(new ProcFolder(fd))));
  }

  /** A file's text. */
  read(name: string, maxBytes: number): ProcText | Unseen {
    return seen(() => withFd(openSync(at(this.#fd, name), 'r'), (fd) => readText(fd, maxBytes)));
  }

  /** A file's text, empty where it cannot be had. */
  text(name: string, maxBytes: number): string {
    const read = this.read(name, maxBytes);
    return typeof read === 'string' ? '' : read.text;
  }

  /** Where a link leads, as bytes. */
  link(name: string): { readonly target: string } | Unseen {
    return seen(() => ({ target: linkTarget(at(this.#fd, name)) }));
  }

  /** Which file a link leads to. */
  identity(name: string): { readonly file: string } | Unseen {
    return seen(() => {
      const { dev, ino } = statSync(at(this.#fd, name));
      return { file: `${dev}:${ino}` };
    });
  }

  /** The names in a subdirectory. */
  names(name: string): readonly string[] | Unseen {
    return seen(() => namesIn(at(this.#fd, name)));
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function seen<T>(look: () => T): T | Unseen {
  try {
    return look();
  } catch (error) {
    return GONE.has(systemCode(error)) ? 'gone' : 'denied';
  }
}

let buffer = Buffer.allocUnsafeSlow(CHUNK);

/** Files of /proc state no size: they are read to their end. */
function readText(fd: number, maxBytes: number): ProcText {
  let length = 0;
  while (length <= maxBytes) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * length);
    const count = readSync(fd, buffer, length, Math.min(buffer.length, maxBytes + 1) - length, null);
    if (count === 0) break;
    length += count;
  }
  const kept = Math.min(length, maxBytes);
  const text = buffer.toString('latin1', 0, kept);
  if (buffer.length > 16 * CHUNK) buffer = Buffer.allocUnsafeSlow(CHUNK);
  return { text, truncated: length > maxBytes };
}
