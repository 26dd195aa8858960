// Reads processes one by one: first what identifies them, then all there is to say.
import { liveText } from './live-text.ts';
import type { LiveProcess } from './live-state.ts';
import {
  insideUser,
  parseArguments,
  parseCgroup,
  parseStat,
  parseStatus,
  TICK_MS,
  type Stat,
} from './proc-files.ts';
import type { ProcFolder, Unseen } from './proc-folder.ts';

/** A process that was looked at. `network` and `mounts` name its namespaces; null where this user may not know. */
export interface SeenProcess {
  readonly pid: number;
  readonly stat: Stat;
  readonly network: string | null;
  readonly mounts: string | null;
}

const SMALL_FILE = 16 * 1024;
/** Arguments of one process, in bytes. */
const MOST_ARGUMENTS = 64 * 1024;
/** Arguments of all processes: a fork storm of long command lines shall not fill the index. */
const MOST_ARGUMENTS_OF_ALL = 64 * 1024 * 1024;
const ATTEMPTS = 2;

/** Reads processes of one machine. */
export class ProcessReader {
  /** How many processes did not show their executable. */
  withoutExecutable = 0;
  readonly #proc: ProcFolder;
  readonly #bootMs: number;
  readonly #insideUsers: boolean;
  #argumentBytes = 0;

  constructor(proc: ProcFolder, bootMs: number, insideUsers: boolean) {
    this.#proc = proc;
    this.#bootMs = bootMs;
    this.#insideUsers = insideUsers;
  }

  look(pid: number): SeenProcess | Unseen {
    return this.#proc.withProcess(pid, (folder) => {
      const stat = statOf(folder);
      if (typeof stat === 'string') return stat;
      return { pid, stat, network: namespaceOf(folder, 'ns/net'), mounts: namespaceOf(folder, 'ns/mnt') };
    });
  }

  /**
   * null where the process ended. A process that begins another program meanwhile is read once more, so that all that
   * is said of it is about one of the two.
   */
  read(seen: SeenProcess): LiveProcess | null {
    const read = this.#proc.withProcess(seen.pid, (folder) => {
      let process = this.#readOnce(folder, seen);
      for (let attempt = 1; attempt < ATTEMPTS && process !== null; attempt += 1) {
        const now = statOf(folder);
        if (typeof now === 'string' || now.name === seen.stat.name) break;
        process = this.#readOnce(folder, { ...seen, stat: now });
      }
      return process;
    });
    return typeof read === 'string' ? null : read;
  }

  #readOnce(folder: ProcFolder, { pid, stat: looked }: SeenProcess): LiveProcess | null {
    const stat = statOf(folder);
    if (typeof stat === 'string' || stat.startTicks !== looked.startTicks) return null;
    const status = parseStatus(folder.text('status', SMALL_FILE));
    const uid = status.uid === undefined ? undefined : this.#user(folder, status.uid);
    const cgroup = parseCgroup(folder.text('cgroup', SMALL_FILE));
    return {
      pid,
      ...(status.vpid === undefined || status.vpid === pid ? {} : { vpid: status.vpid }),
      parent: stat.parent,
      name: liveText(stat.name),
      ...this.#program(folder, stat),
      ...(uid === undefined ? {} : { uid }),
      startMs: this.#bootMs + stat.startTicks * TICK_MS,
      state: stat.state,
      threads: stat.threads,
      rssBytes: status.rssBytes,
      ...(cgroup === undefined ? {} : { cgroup: liveText(cgroup) }),
    };
  }

  #program(folder: ProcFolder, stat: Stat): Pick<LiveProcess, 'executable' | 'args' | 'truncated'> {
    if (stat.kernelThread) return { args: [], truncated: false };
    const room = Math.min(MOST_ARGUMENTS, MOST_ARGUMENTS_OF_ALL - this.#argumentBytes);
    const line = folder.read('cmdline', room);
    const { text, truncated } = typeof line === 'string' ? { text: '', truncated: false } : line;
    this.#argumentBytes += text.length;
    const link = folder.link('exe');
    if (link === 'denied') this.withoutExecutable += 1;
    return {
      ...(typeof link === 'string' ? {} : { executable: liveText(link.target) }),
      args: parseArguments(text).map(liveText),
      truncated,
    };
  }

  #user(folder: ProcFolder, uid: number): number | undefined {
    return this.#insideUsers ? insideUser(folder.text('uid_map', SMALL_FILE), uid) : uid;
  }
}

function statOf(folder: ProcFolder): Stat | Unseen {
  const read = folder.read('stat', SMALL_FILE);
  return typeof read === 'string' ? read : (parseStat(read.text) ?? 'gone');
}

function namespaceOf(folder: ProcFolder, name: string): string | null {
  const link = folder.link(name);
  return typeof link === 'string' ? null : link.target;
}
