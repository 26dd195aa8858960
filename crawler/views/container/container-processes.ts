// Which processes run in a container: those whose root is on its uppermost layer, and their descendants.
import { readFileSync } from 'node:fs';
import type { LiveScope } from '../live/live-reader.ts';
import type { ProcFolder } from '../live/proc-folder.ts';
import { ProcessReader, type SeenProcess } from '../live/process-reader.ts';

const MOST_MOUNTINFO = 8 * 1024 * 1024;
/** Device, root within it, mount point, options: see proc_pid_mountinfo(5). */
const MOUNT = /^\d+ \d+ (\S+) (\S+) (\S+) .* - \S+ \S+ (\S+)$/gm;

/** What a process has as its root: an overlay on an upper layer, or a directory of a device. */
interface Root {
  readonly upper: string | null;
  readonly place: string;
}

interface MountLine {
  readonly device: string;
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
}

function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function mountLines(mountinfo: string): MountLine[] {
  return [...mountinfo.matchAll(MOUNT)].map(([, device = '', root = '', point = '', options = '']) => ({
    device,
    root: unescaped(root),
    point: unescaped(point),
    options: options.split(','),
  }));
}

/** In the mounts of a process nothing stands for its root where that is no mount's top: one that it chose by chroot. */
function rootOf(mountinfo: string): Root | null {
  const mount = mountLines(mountinfo).findLast(({ point }) => point === '/');
  if (mount === undefined) return null;
  const upper = mount.options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length);
  return { upper: upper === undefined ? null : unescaped(upper), place: `${mount.device} ${mount.root}` };
}

/** How the mounts of a process would name a directory of this machine that is its root. */
function placeOf(directory: string, mounts: readonly MountLine[]): string {
  const within = mounts.filter(
    ({ point }) => point === '/' || directory === point || directory.startsWith(`${point}/`),
  );
  const mount = within.reduce((best, each) => (each.point.length >= best.point.length ? each : best), {
    device: '',
    root: '/',
    point: '',
    options: [],
  });
  const rest = directory.slice(mount.point === '/' ? 0 : mount.point.length);
  return `${mount.device} ${mount.root === '/' ? '' : mount.root}${rest}`;
}

/** Tells on which of some layers, absolute paths, a process has its root. */
class Roots {
  readonly #proc: ProcFolder;
  readonly #known = new Map<string, Root | null>();
  readonly #layers: readonly { readonly path: string; readonly place: string }[];

  constructor(proc: ProcFolder, layers: readonly string[]) {
    this.#proc = proc;
    const mounts = mountLines(readFileSync('/proc/self/mountinfo', 'latin1'));
    this.#layers = layers.map((path) => ({ path, place: placeOf(path, mounts) }));
  }

  /** null: on none, or this user may not know. Processes of one mount namespace may have several roots. */
  layerOf({ pid, mounts }: Pick<SeenProcess, 'pid' | 'mounts'>): string | null {
    if (mounts === null) return null;
    const root = this.#proc.withProcess(pid, (folder) => {
      const identity = folder.identity('root');
      if (typeof identity === 'string') return null;
      const key = `${mounts} ${identity.file}`;
      let known = this.#known.get(key);
      if (known === undefined) {
        known = rootOf(folder.text('mountinfo', MOST_MOUNTINFO));
        this.#known.set(key, known);
      }
      return known;
    });
    if (root === null || typeof root === 'string') return null;
    const { upper, place } = root;
    return this.#layers.find((layer) => layer.place === place || isLayer(upper, layer.path))?.path ?? null;
  }
}

/** An engine with many layers mounts them by relative paths. */
function isLayer(upper: string | null, layer: string): boolean {
  return upper !== null && (upper === layer || (!upper.startsWith('/') && layer.endsWith(`/${upper}`)));
}

/** The first process, by age, on each of the uppermost layers that run. */
export function runningOn(proc: ProcFolder, layers: readonly string[]): ReadonlyMap<string, SeenProcess> {
  const roots = new Roots(proc, layers);
  const reader = new ProcessReader(proc, 0, false);
  const found = new Map<string, SeenProcess>();
  for (const pid of proc.processes()) {
    const seen = reader.look(pid);
    const layer = typeof seen === 'string' ? null : roots.layerOf(seen);
    if (typeof seen === 'string' || layer === null) continue;
    const held = found.get(layer);
    if (held === undefined || seen.stat.startTicks < held.stat.startTicks) found.set(layer, seen);
  }
  return found;
}

/** What runs on a layer. Nested containers have roots of their own: they descend from what runs there. */
export function scopeOf(proc: ProcFolder, layer: string): LiveScope {
  return {
    insideUsers: true,
    belongs(processes) {
      const roots = new Roots(proc, [layer]);
      const within = new Set(processes.filter((each) => roots.layerOf(each) !== null).map(({ pid }) => pid));
      // By age: a parent is older than its children, unless it is one that they were given later.
      for (const { pid, stat } of processes.toSorted((a, b) => a.stat.startTicks - b.stat.startTicks)) {
        if (within.has(stat.parent)) within.add(pid);
      }
      return within;
    },
  };
}
