// Opens a container: a running one through the root of its first process, a stopped one by its layers.
import { join } from 'node:path';
import { UnfoldError } from '../../../schemas/error.ts';
import type { OpenContext } from '../../sources/source.ts';
import { withLiveState } from '../live/live-view.ts';
import { ProcFolder } from '../live/proc-folder.ts';
import { parseMountinfo } from '../tree/mounts.ts';
import { openTree } from '../tree/tree-view.ts';
import type { SystemView } from '../view.ts';
import { runningOn, scopeOf } from './container-processes.ts';
import type { ContainerRecord } from './container-record.ts';
import { openLayers } from './merged-view.ts';
import { whilePaused, type Pausing } from './pause.ts';

const PROC = '/proc';
const MOST_MOUNTINFO = 8 * 1024 * 1024;

/** Opens a container as it is now. Throws UNFOLD_CONTAINER_GONE, and what opening its layers throws. */
export async function openContainer(
  container: ContainerRecord,
  pausing: Pausing,
  context: OpenContext,
): Promise<SystemView> {
  const [layer] = container.layers;
  if (layer === undefined) throw gone(container);
  const proc = ProcFolder.open(PROC);
  let handedOver = false;
  try {
    const first = runningOn(proc, [layer]).get(layer);
    const files = await (first === undefined
      ? openStopped(container, context)
      : whilePaused(pausing, container, context, () => openRunning(proc, first.pid, container, context)));
    handedOver = true;
    // That nothing runs in a stopped one is looked at, too.
    return withLiveState(files, proc, scopeOf(proc, layer), context.report);
  } finally {
    if (!handedOver) proc.close();
  }
}

async function openStopped(container: ContainerRecord, context: OpenContext): Promise<SystemView> {
  try {
    return await openLayers(container.layers, context, container.hasWhiteoutFiles);
  } catch (error) {
    if (error instanceof UnfoldError) throw error;
    context.signal.throwIfAborted();
    throw gone(container, error);
  }
}

/** The root is opened through the open directory of its process: its number may be another's by then. */
async function openRunning(
  proc: ProcFolder,
  pid: number,
  container: ContainerRecord,
  context: OpenContext,
): Promise<SystemView> {
  const opened = proc.openProcess(pid);
  if (typeof opened === 'string') throw gone(container);
  try {
    const mounts = parseMountinfo(opened.text('mountinfo', MOST_MOUNTINFO));
    return await openTree(join(opened.path, 'root'), context, { mounts, directory: '/' });
  } catch (error) {
    if (error instanceof UnfoldError) throw error;
    throw gone(container, error);
  } finally {
    opened.close();
  }
}

function gone({ name }: ContainerRecord, cause?: unknown): UnfoldError {
  return new UnfoldError('UNFOLD_CONTAINER_GONE', `the container ${name} is not there any more`, { cause });
}
