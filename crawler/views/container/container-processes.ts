// Which processes run in a container: those whose root is the overlay on its uppermost layer, and their descendants.
import type { LiveScope } from '../live/live-reader.ts';
import type { ProcFolder } from '../live/proc-folder.ts';
import { ProcessReader, type SeenProcess } from '../live/process-reader.ts';

const MOST_MOUNTINFO = 8 * 1024 * 1024;
/** The overlay that a process has as its root: nothing stands for it in the mounts of a process with another root. */
const ROOT_OVERLAY = /^\d+ \d+ \S+ \/ \/ .* - (?:overlay|fuse\.fuse-overlayfs) \S+ (\S+)$/m;

/** Which layer each mount namespace has uppermost at its root. */
class RootOverlays {
  readonly #proc: ProcFolder;
  readonly #byNamespace = new Map<string, string | null>();

  constructor(proc: ProcFolder) {
    this.#proc = proc;
  }

  /** As the kernel writes it; null where the root is something else, or may not be seen. */
  of({ pid, mounts }: Pick<SeenProcess, 'pid' | 'mounts'>): string | null {
    if (mounts === null) return null;
    let upper = this.#byNamespace.get(mounts);
    if (upper === undefined) {
      const mountinfo = this.#proc.withProcess(pid, (folder) => folder.text('mountinfo', MOST_MOUNTINFO));
      upper = upperOf(mountinfo);
      this.#byNamespace.set(mounts, upper);
    }
    return upper;
  }
}

function upperOf(mountinfo: string): string | null {
  const options = ROOT_OVERLAY.exec(mountinfo)?.[1]?.split(',') ?? [];
  const upper = options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length);
  return (
    upper?.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))) ??
    null
  );
}

/** An engine with many layers mounts them by relative paths. */
function isLayer(upper: string | null, layer: string): boolean {
  return upper !== null && (upper === layer || (!upper.startsWith('/') && layer.endsWith(`/${upper}`)));
}

/** The first process, by age, of each of the uppermost layers that run; `layers` are absolute paths. */
export function runningOn(proc: ProcFolder, layers: readonly string[]): ReadonlyMap<string, SeenProcess> {
  const overlays = new RootOverlays(proc);
  const reader = new ProcessReader(proc, 0, false);
  const found = new Map<string, SeenProcess>();
  for (const pid of proc.processes()) {
    const seen = reader.look(pid);
    if (typeof seen === 'string') continue;
    const upper = overlays.of(seen);
    if (upper === null) continue;
    for (const layer of layers.filter((each) => isLayer(upper, each))) {
      const held = found.get(layer);
      if (held === undefined || seen.stat.startTicks < held.stat.startTicks) found.set(layer, seen);
    }
  }
  return found;
}

/** What runs on a layer. Nested containers have roots of their own: they descend from what runs there. */
export function scopeOf(proc: ProcFolder, layer: string): LiveScope {
  return {
    insideUsers: true,
    belongs(processes) {
      const overlays = new RootOverlays(proc);
      const within = new Set(
        processes.filter((each) => isLayer(overlays.of(each), layer)).map(({ pid }) => pid),
      );
      // By age: a parent is older than its children, unless it is one that they were given later.
      for (const { pid, stat } of processes.toSorted((a, b) => a.stat.startTicks - b.stat.startTicks)) {
        if (within.has(stat.parent)) within.add(pid);
      }
      return within;
    },
  };
}
