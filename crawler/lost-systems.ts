// Systems of a target that cannot be listed now: crawled before, they fail; they are not forgotten.
import type { TargetConfiguration } from '../schemas/configuration.ts';
import type { SystemRef } from '../schemas/system.ts';
import { FILE_FEATURES, type FoundSystem } from './sources/source.ts';

/** The system of `id`, and with `inFolder` those beneath it, of the known ones. `root` is the id before the path. */
export function lostSystems(
  { root, path, inFolder }: { root: string; path: string; inFolder: boolean },
  target: TargetConfiguration,
  known: readonly SystemRef[],
): readonly FoundSystem[] {
  const scheme = root.slice(0, root.indexOf(':'));
  const folder = `${root}${path === '/' ? '' : path}/`;
  return known
    .filter(({ id }) => id === root + path || (inFolder && id.startsWith(folder)))
    .map((ref) => ({ ref, scheme, place: ref.id.slice(root.length), target, features: FILE_FEATURES }));
}
