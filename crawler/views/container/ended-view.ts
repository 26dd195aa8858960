// The view of a container that was removed after it had run: nothing runs, and its files are gone.
import type { SystemView } from '../view.ts';

/** Shows no process, connection or interface; of files it cannot tell. */
export function endedView(): SystemView {
  return {
    capabilities: new Set(['processes', 'connections', 'interfaces']),
    read: () => Promise.resolve(),
    walk: () => Promise.resolve(),
    live: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
