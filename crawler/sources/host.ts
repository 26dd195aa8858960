// The machine itself, with what runs on it: host:, or host:PATH where its file system is seen at PATH.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { UnfoldError } from '../../schemas/error.ts';
import { errorCode } from '../error-code.ts';
import { WHOLE_MACHINE } from '../views/live/live-reader.ts';
import { withLiveState } from '../views/live/live-view.ts';
import { ProcFolder } from '../views/live/proc-folder.ts';
import { openTree } from '../views/tree/tree-view.ts';
import type { SystemView } from '../views/view.ts';
import { FILE_FEATURES, LIVE_FEATURES, type FoundSystem, type OpenContext, type Source } from './source.ts';

const SCHEME = 'host';

/** One system, `host:HOST`. A crawler in a container sees its machine where that is mounted, `/proc` included. */
export const host: Source = {
  scheme: SCHEME,
  list: (target, name) =>
    Promise.resolve([
      {
        ref: { id: `${SCHEME}:${name}`, kind: 'host', name: target.name ?? name, labels: target.labels },
        scheme: SCHEME,
        place: target.target.slice(SCHEME.length + 1) || '/',
        target,
        features: [...FILE_FEATURES, ...LIVE_FEATURES],
      },
    ]),
  // The machine that crawls is always there.
  lost: () => [],
  open,
};

async function open({ place }: FoundSystem, context: OpenContext): Promise<SystemView> {
  context.phase('open');
  const files = await openTree(rootOf(place), context);
  try {
    return withLiveState(files, ProcFolder.open(join(place, 'proc')), WHOLE_MACHINE, context.report);
  } catch (error) {
    await files.close();
    throw error;
  }
}

function rootOf(place: string): string {
  try {
    return realpathSync(place);
  } catch (cause) {
    const code = errorCode(cause) ?? 'an error';
    throw new UnfoldError('UNFOLD_PATH_MISSING', `${SCHEME}:${place} cannot be read (${code})`, { cause });
  }
}
