// Looks at real processes, to end them at bad moments and to see that none is left.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

const livingChildren = (parent: number): number[] => pids().filter((pid) => parentOf(pid) === parent);

/** What ran before these tests is not theirs: a node of Elasticsearch that another file of tests started. */
const others = new Set(livingChildren(process.pid));

/** The living children of a process. */
export const childrenOf = (parent: number): number[] =>
  livingChildren(parent).filter((pid) => !others.has(pid));

function usesFolder(pid: number, folder: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) =>
      readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(`${folder}/`),
    );
  } catch {
    return false;
  }
}

/** Waits until a condition holds; throws after some seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > 10_000) throw new Error(`never came true: ${what}`);
    await setTimeout(10);
  }
}

/** Waits until no process has a file of the folder open. */
export const nobodyUses = (folder: string): Promise<void> =>
  until(() => !pids().some((pid) => usesFolder(pid, folder)), `nobody uses ${folder}`);
