// What every source of containers does alike: lists those of its engine's folders, and opens one as it is then.
import type { TargetConfiguration } from '../../../schemas/configuration.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import {
  FILE_FEATURES,
  LIVE_FEATURES,
  type FoundSystem,
  type Signs,
  type Source,
} from '../../sources/source.ts';
import { TICK_MS } from '../live/proc-files.ts';
import { ProcFolder } from '../live/proc-folder.ts';
import type { SeenProcess } from '../live/process-reader.ts';
import { runningOn } from './container-processes.ts';
import type { ContainerRecord } from './container-record.ts';
import { openContainer } from './container-view.ts';
import { endedView } from './ended-view.ts';

/** What is particular to an engine. */
export interface Engine {
  /** The scheme of its targets, and its name. */
  readonly name: string;
  /** Folders in which it keeps containers where nobody configured others. */
  defaultRoots(): readonly string[];
  /** The containers of a folder; null where it is none of its folders. Throws UNFOLD_CONTAINERS_UNREADABLE. */
  containers(root: string): Promise<readonly ContainerRecord[] | null>;
  /** The command that pauses and unpauses containers of a folder, its words before the verb. */
  pausing?(root: string): readonly string[];
  /** What shows that containers of a folder may have begun or ended. */
  signs(root: string): Signs;
}

/** A system per container, running or not: `SCHEME:HOST/ID`. */
export function containerSource(engine: Engine): Source {
  return {
    scheme: engine.name,
    list: (target, host) => list(engine, target, host),
    lost: (target, host, known, listed) => lost(engine, target, host, known, listed),
    signs(target) {
      const each = rootsOf(engine, target).map((root) => engine.signs(root));
      return {
        folders: each.flatMap(({ folders }) => folders),
        sockets: [...new Set(each.flatMap(({ sockets }) => sockets))],
      };
    },
    async open({ ref, place, features }, context) {
      context.phase('open');
      const found = (await engine.containers(place))?.find(({ id }) => id === ref.container?.id);
      if (found !== undefined)
        return openContainer(found, { root: place, words: engine.pausing?.(place) }, context);
      if (features.every((feature) => LIVE_FEATURES.includes(feature))) return endedView();
      throw new UnfoldError(
        'UNFOLD_CONTAINER_GONE',
        `${engine.name} has no container ${ref.name} in ${place} any more`,
      );
    },
  };
}

function rootsOf(engine: Engine, { target }: TargetConfiguration): readonly string[] {
  const asked = target.slice(engine.name.length + 1);
  return asked === '' ? engine.defaultRoots() : [asked.replace(/(?<=.)\/+$/, '')];
}

/**
 * Without a list nothing is known of any. A container that is not listed was removed: nobody misses it, but one that
 * ran when it was last seen has ended since.
 */
function lost(
  engine: Engine,
  target: TargetConfiguration,
  host: string,
  known: readonly SystemRef[],
  listed: readonly FoundSystem[] | null,
): FoundSystem[] {
  const roots = rootsOf(engine, target);
  const there = new Set(listed?.map(({ ref }) => ref.id));
  return known.flatMap((ref) => {
    const { id, container } = ref;
    if (!id.startsWith(`${engine.name}:${host}/`) || !roots.includes(container?.engine.root ?? '')) return [];
    if (container === undefined || there.has(id)) return [];
    const found = { scheme: engine.name, place: container.engine.root, target };
    if (listed === null) return [{ ...found, ref, features: FILE_FEATURES }];
    if (container.state === 'stopped') return [];
    return [
      {
        ...found,
        ref: { ...ref, container: { ...container, state: 'stopped' as const } },
        features: LIVE_FEATURES,
      },
    ];
  });
}

async function list(engine: Engine, target: TargetConfiguration, host: string): Promise<FoundSystem[]> {
  const roots = rootsOf(engine, target);
  const found: { root: string; container: ContainerRecord }[] = [];
  let folders = 0;
  for (const root of roots) {
    const containers = await engine.containers(root);
    if (containers === null) continue;
    folders += 1;
    found.push(...containers.map((container) => ({ root, container })));
  }
  if (folders === 0)
    throw new UnfoldError(
      'UNFOLD_CONTAINERS_UNREADABLE',
      `${engine.name} keeps no containers in ${roots.join(', ')}`,
    );
  const running = runningNow(found.map(({ container }) => container));
  return found.map(({ root, container }) => {
    const first = running.get(container.layers[0] ?? '');
    return {
      ref: {
        id: `${engine.name}:${host}/${container.id}`,
        kind: 'container',
        name: container.name,
        labels: { ...container.labels, ...target.labels },
        container: {
          id: container.id,
          engine: { name: engine.name, root },
          state: first === undefined ? 'stopped' : 'running',
          image: container.image,
          ip: [...container.ip],
          mounts: [...container.mounts],
        },
        ...derivedFrom(container),
      },
      scheme: engine.name,
      place: root,
      target,
      // Of one that is stopped: that nothing runs, unless what is mounted by a program does not tell its layers.
      features:
        first === undefined && container.hasWhiteoutFiles === true
          ? FILE_FEATURES
          : [...FILE_FEATURES, ...LIVE_FEATURES],
      ...(first === undefined ? {} : { run: first.stat.startTicks * TICK_MS }),
    };
  });
}

/** Engines know an image by the digest of its configuration, as `image:` does. */
function derivedFrom({ image: { id } }: ContainerRecord): { derivedFrom?: string } {
  return id !== undefined && /^sha256:[0-9a-f]{64}$/.test(id) ? { derivedFrom: `image:${id}` } : {};
}

function runningNow(containers: readonly ContainerRecord[]): ReadonlyMap<string, SeenProcess> {
  const proc = ProcFolder.open('/proc');
  try {
    return runningOn(
      proc,
      containers.flatMap(({ layers: [layer] }) => layer ?? []),
    );
  } finally {
    proc.close();
  }
}
