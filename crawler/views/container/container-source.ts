// What every source of containers does alike: lists those of its engine's folders, and opens one as it is then.
import type { TargetConfiguration } from '../../../schemas/configuration.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { FILE_FEATURES, LIVE_FEATURES, type FoundSystem, type Source } from '../../sources/source.ts';
import { ProcFolder } from '../live/proc-folder.ts';
import type { SeenProcess } from '../live/process-reader.ts';
import { runningOn } from './container-processes.ts';
import type { ContainerRecord } from './container-record.ts';
import { openContainer } from './container-view.ts';

/** What is particular to an engine. */
export interface Engine {
  /** The scheme of its targets, and its name. */
  readonly name: string;
  /** Folders in which it keeps containers where nobody configured others. */
  defaultRoots(): readonly string[];
  /** The containers of a folder; null where it is none of its folders. Throws UNFOLD_CONTAINERS_UNREADABLE. */
  containers(root: string): Promise<readonly ContainerRecord[] | null>;
}

/** A system per container, running or not: `SCHEME:HOST/ID`. */
export function containerSource(engine: Engine): Source {
  return {
    scheme: engine.name,
    list: (target, host) => list(engine, target, host),
    lost(target, host, known, listed) {
      // A container that is not listed was removed: nobody misses it. Without a list nothing is known.
      if (listed !== null) return [];
      const roots = rootsOf(engine, target);
      return known
        .filter(
          ({ id, container }) =>
            id.startsWith(`${engine.name}:${host}/`) && roots.includes(container?.engine.root ?? ''),
        )
        .map((ref) => ({
          ref,
          scheme: engine.name,
          place: ref.container?.engine.root ?? '',
          target,
          features: FILE_FEATURES,
        }));
    },
    async open({ ref, place }, context) {
      context.phase('open');
      const found = (await engine.containers(place))?.find(({ id }) => id === ref.container?.id);
      if (found !== undefined) return openContainer(found, context);
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
    const isRunning = running.has(container.layers[0] ?? '');
    return {
      ref: {
        id: `${engine.name}:${host}/${container.id}`,
        kind: 'container',
        name: container.name,
        labels: { ...container.labels, ...target.labels },
        container: {
          id: container.id,
          engine: { name: engine.name, root },
          state: isRunning ? 'running' : 'stopped',
          image: container.image,
          ip: [...container.ip],
          mounts: [...container.mounts],
        },
      },
      scheme: engine.name,
      place: root,
      target,
      features: isRunning ? [...FILE_FEATURES, ...LIVE_FEATURES] : FILE_FEATURES,
    };
  });
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
