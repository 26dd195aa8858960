// Looks at the processes of an appliance from outside: whether they are gone, and what a killed one leaves behind.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A killed process is gone within milliseconds; one that the kernel cannot end must not keep us. */
const MOST_LOOKS = 250;
const LOOK_MS = 20;
const SOCKET = /\bpath=(\/[^,]*\/libguestfs\w{6})\//;

/** The living processes of a group. */
function membersOf(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const [state, , processGroup] = textOf(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return state !== 'Z' && processGroup === String(group);
  });
}

/** Where libguestfs keeps the sockets of a group's appliance; it removes them only where it ends by itself. */
export function socketFolders(group: number | undefined): string[] {
  if (group === undefined) return [];
  return membersOf(group).flatMap((pid) => SOCKET.exec(textOf(`/proc/${pid}/cmdline`))?.[1] ?? []);
}

/** Removes what `socketFolders` named. */
export function removeSockets(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** Resolves when no process of a killed group is left. */
export async function groupEnded(group: number | undefined): Promise<void> {
  if (group === undefined) return;
  for (let look = 0; look < MOST_LOOKS && membersOf(group).length > 0; look++) await sleep(LOOK_MS);
}

/** Empty for a process that has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
