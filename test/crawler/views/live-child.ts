// Reads the live state of this machine; started as a program it prints it, as whoever started it may see it.
import type { ConnectionEntry, InterfaceEntry } from '../../../schemas/entries.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { readLive, WHOLE_MACHINE, type LiveScope } from '../../../crawler/views/live/live-reader.ts';
import type { LiveProcess } from '../../../crawler/views/live/live-state.ts';
import { ProcFolder } from '../../../crawler/views/live/proc-folder.ts';

/** Everything that was handed over. */
export interface Live {
  readonly processes: LiveProcess[];
  readonly connections: ConnectionEntry[];
  readonly interfaces: InterfaceEntry[];
  readonly problems: Problem[];
}

/** Reads the live state of a scope of this machine. */
export async function live(
  scope: LiveScope = WHOLE_MACHINE,
  signal = new AbortController().signal,
): Promise<Live> {
  const found: Live = { processes: [], connections: [], interfaces: [], problems: [] };
  const proc = ProcFolder.open('/proc');
  const visitor = {
    process: (process: LiveProcess) => found.processes.push(process),
    connection: (connection: ConnectionEntry) => found.connections.push(connection),
    interface: (entry: InterfaceEntry) => found.interfaces.push(entry),
  };
  const report = { problem: (problem: Problem) => found.problems.push(problem), leftOut: () => undefined };
  try {
    await readLive(proc, scope, visitor, report, signal);
  } finally {
    proc.close();
  }
  return found;
}

if (import.meta.main) process.stdout.write(JSON.stringify(await live()));
