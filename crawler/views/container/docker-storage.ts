// Containers in the data folder of a docker daemon with the overlay2 or vfs driver.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnfoldError } from '../../../schemas/error.ts';
import { errorCode } from '../../error-code.ts';
import { imageOf, objectAt, textAt, textsAt, type ContainerRecord } from './container-record.ts';
import { engineJson, engineText } from './engine-files.ts';

/** The containers of a data folder; null where it is none. Throws UNFOLD_CONTAINERS_UNREADABLE. */
export function dockerContainers(root: string): ContainerRecord[] | null {
  const ids = namesIn(join(root, 'containers'));
  if (ids === null) return null;
  const digests = digestsOf(engineJson(join(root, 'image/overlay2/repositories.json')));
  return ids.flatMap((id) => {
    const config = engineJson(join(root, 'containers', id, 'config.v2.json'));
    // A container that is being made or removed has none.
    return config === null ? [] : (recordOf(root, config, digests) ?? []);
  });
}

function recordOf(
  root: string,
  config: unknown,
  digests: ReadonlyMap<string, string>,
): ContainerRecord | null {
  const id = textAt(config, 'ID');
  const driver = textAt(config, 'Driver') ?? 'overlay2';
  if (id === undefined) return null;
  const layer = engineText(join(root, 'image', driver, 'layerdb/mounts', id, 'mount-id'));
  if (layer === null) return null;
  const image = textAt(config, 'Image');
  return {
    id,
    name: textAt(config, 'Name')?.replace(/^\//, '') ?? id.slice(0, 12),
    labels: textsAt(config, 'Config', 'Labels'),
    image: imageOf({
      name: textAt(config, 'Config', 'Image'),
      id: image,
      digest: image === undefined ? undefined : digests.get(image),
    }),
    ip: addressesOf(config),
    mounts: Object.values(objectAt(config, 'MountPoints')).flatMap((mount) => {
      const [path, source] = [textAt(mount, 'Destination'), textAt(mount, 'Source')];
      return path === undefined || source === undefined ? [] : [{ path, source }];
    }),
    layers: driver === 'vfs' ? [join(root, 'vfs/dir', layer)] : layersOf(root, driver, layer),
  };
}

/** `lower` names the layers below by links beside them, the upper ones first. */
function layersOf(root: string, driver: string, layer: string): string[] {
  const lower = engineText(join(root, driver, layer, 'lower')) ?? '';
  const below = lower.split(':').filter((name) => /^l\/\w+$/.test(name));
  return [join(root, driver, layer, 'diff'), ...below.map((name) => join(root, driver, name))];
}

function addressesOf(config: unknown): string[] {
  return Object.values(objectAt(config, 'NetworkSettings', 'Networks')).flatMap((network) => {
    const both = [
      [textAt(network, 'IPAddress'), objectAt(network)['IPPrefixLen']],
      [textAt(network, 'GlobalIPv6Address'), objectAt(network)['GlobalIPv6PrefixLen']],
    ] as const;
    return both.flatMap(([ip, bits]) =>
      ip === undefined ? [] : [typeof bits === 'number' ? `${ip}/${bits}` : ip],
    );
  });
}

/** Manifest digests by image: `NAME@sha256:…` → id. */
function digestsOf(repositories: unknown): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const names of Object.values(objectAt(repositories, 'Repositories'))) {
    for (const [name, id] of Object.entries(textsAt(names))) {
      const digest = /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1];
      if (digest !== undefined) digests.set(id, digest);
    }
  }
  return digests;
}

function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const code = errorCode(error) ?? 'an error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UnfoldError('UNFOLD_CONTAINERS_UNREADABLE', `${folder} cannot be read (${code})`);
  }
}
