// Has a running container paused by its engine while it is read, and resumed whatever becomes of this process.
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { OpenContext } from '../../sources/source.ts';
import { startGuard } from '../../process.ts';
import type { SystemView } from '../view.ts';
import type { ContainerRecord } from './container-record.ts';

/** How an engine pauses. */
export interface Pausing {
  /** The folder in which it keeps its containers. */
  readonly root: string;
  /** Its command, before `pause ID`; undefined where it has none. */
  readonly words: readonly string[] | undefined;
}

const PAUSED = 'paused';
/**
 * Pauses $1 with the words after it, and resumes it when its input ends: that of a process that is no more. What takes
 * too long may have paused it all the same; what fails at once has not, as where it was paused before.
 */
const GUARD = `
trap '' HUP INT TERM PIPE
id=$1; shift
resume() {
  for wait in 1 2 4 8 0; do
    timeout -k 5 60 "$@" unpause "$id" >/dev/null 2>&1 </dev/null && return 0
    sleep $wait
  done
  return 1
}
why=$(timeout -k 5 60 "$@" pause "$id" 2>&1 </dev/null)
status=$?
if [ $status -ge 124 ] && [ $status -ne 125 ]; then resume "$@"; fi
if [ $status -ne 0 ]; then echo "$why" | tail -n 1; exit 1; fi
echo ${PAUSED}
cat >/dev/null
resume "$@"`;

/**
 * Opens a view of a container that stands still until the view is closed, where that is asked for. Where it cannot be
 * paused or resumed there is a problem, and it is read all the same.
 */
export async function whilePaused(
  pausing: Pausing,
  { id, name }: ContainerRecord,
  { crawl, report }: Pick<OpenContext, 'crawl' | 'report'>,
  open: () => Promise<SystemView>,
): Promise<SystemView> {
  if (!crawl.pause) return open();
  const problem = (message: string): void =>
    report.problem({ code: 'UNFOLD_CONTAINER_PAUSE', extractor: 'pause', message });
  const paused = await pause(pausing, id);
  if (typeof paused === 'string') {
    problem(`${name} was not paused: ${paused}`);
    return open();
  }
  const resume = async (): Promise<void> => {
    if (!(await paused.resume())) problem(`${name} may still be paused`);
  };
  try {
    const view = await open();
    return {
      capabilities: view.capabilities,
      read: (...asked) => view.read(...asked),
      walk: (...asked) => view.walk(...asked),
      async close() {
        await view.close();
        await resume();
      },
    };
  } catch (error) {
    await resume();
    throw error;
  }
}

/** Why it is not paused, or what resumes it; false where that failed. */
async function pause(
  { root, words: [command, ...words] = [] }: Pausing,
  id: string,
): Promise<string | { resume(): Promise<boolean> }> {
  if (command === undefined) return 'its engine pauses none';
  // The engine of another user would be run as this one, and leave files of this one behind.
  if (statSync(root).uid !== process.geteuid?.()) return `${root} belongs to another user`;
  const guard = startGuard('sh', ['-c', GUARD, 'sh', id, command, ...words]);
  for await (const line of createInterface(guard.stdout)) {
    if (line !== PAUSED) return line;
    return {
      async resume() {
        guard.stdin.end();
        guard.stdout.resume();
        return (await guard).exitCode === 0;
      },
    };
  }
  return `${command} failed`;
}
