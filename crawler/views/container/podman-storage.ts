// Containers that podman, buildah and CRI-O keep in a storage folder, with what podman's own database adds.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MalformedBolt, openBolt } from '../../formats/bolt.ts';
import { imageOf, listAt, objectAt, textAt, textsAt, type ContainerRecord } from './container-record.ts';
import { engineFile, engineJson, engineText, isThere, parseJson, unreadableEngine } from './engine-files.ts';

/** Layers of one container; an engine allows fewer. */
const MOST_LAYERS = 512;
const CONTAINERS =
  'SELECT c.ID AS id, c.JSON AS config, s.JSON AS state FROM ContainerConfig c LEFT JOIN ContainerState s USING (ID)';
const DRIVERS = ['overlay', 'vfs'] as const;

/** What podman says of a container beyond its storage. */
interface Libpod {
  readonly config: unknown;
  readonly state: unknown;
}

/** The containers of a storage folder; null where it is none. Throws UNFOLD_CONTAINERS_UNREADABLE. */
export async function podmanContainers(root: string): Promise<ContainerRecord[] | null> {
  const driver = DRIVERS.find((name) => isThere(join(root, `${name}-containers`)));
  if (driver === undefined) return null;
  const containers = listOf(engineJson(join(root, `${driver}-containers/containers.json`)));
  const layers = byId(listOf(engineJson(join(root, `${driver}-layers/layers.json`))));
  const images = byId(listOf(engineJson(join(root, `${driver}-images/images.json`))));
  const libpod = await libpodOf(root);
  const hasWhiteoutFiles = engineText(join(root, driver, '.has-mount-program')) === 'true';
  return containers.flatMap((container) => {
    const id = textAt(container, 'id');
    const layer = textAt(container, 'layer');
    if (id === undefined || layer === undefined) return [];
    const { config, state } = libpod.get(id) ?? { config: {}, state: {} };
    const imageId = textAt(container, 'image');
    const image = imageId === undefined ? {} : images.get(imageId);
    const [name] = listAt(container, 'names');
    const [imageName] = listAt(image, 'names');
    return {
      id,
      name: typeof name === 'string' ? name : id.slice(0, 12),
      labels: textsAt(config, 'labels'),
      image: imageOf({
        name: textAt(config, 'rootfsImageName') ?? (typeof imageName === 'string' ? imageName : undefined),
        id: imageId === undefined ? undefined : `sha256:${imageId}`,
        digest: textAt(image, 'digest'),
      }),
      ip: addressesOf(state),
      mounts: mountsOf(config, root),
      hasWhiteoutFiles,
      layers:
        driver === 'vfs'
          ? [join(root, 'vfs/dir', layer)]
          : chainOf(layer, layers).map((each) => join(root, driver, each, 'diff')),
    };
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function byId(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(
    list.flatMap((each) => (textAt(each, 'id') === undefined ? [] : [[textAt(each, 'id') ?? '', each]])),
  );
}

function chainOf(layer: string, layers: ReadonlyMap<string, unknown>): string[] {
  const chain: string[] = [];
  for (
    let id: string | undefined = layer;
    id !== undefined && chain.length < MOST_LAYERS;
    id = textAt(layers.get(id), 'parent')
  ) {
    chain.push(id);
  }
  return chain;
}

/** Podman's database by container: SQLite since version 4.8, bolt before; without one there is only the storage. */
async function libpodOf(root: string): Promise<ReadonlyMap<string, Libpod>> {
  const sqlite = [join(root, 'db.sql'), join(root, 'libpod/db.sql')].find((path) => isThere(path));
  if (sqlite !== undefined) return ofSqlite(sqlite);
  const path = join(root, 'libpod/bolt_state.db');
  const bytes = engineFile(path);
  return bytes === null ? new Map() : ofBolt(bytes, path);
}

function ofBolt(bytes: Buffer, path: string): ReadonlyMap<string, Libpod> {
  const found = new Map<string, Libpod>();
  try {
    for (const item of openBolt(bytes).bucket('ctr')?.items() ?? []) {
      if (!('bucket' in item)) continue;
      const [config, state] = ['config', 'state'].map((key) =>
        parseJson(item.bucket.text(key) ?? '{}', path),
      );
      found.set(item.key, { config, state });
    }
  } catch (error) {
    // A page that podman is about to write: the storage tells what there is.
    if (!(error instanceof MalformedBolt || error instanceof RangeError)) throw error;
  }
  return found;
}

/** As a file that nobody changes: no lock is taken, and nothing is written beside it. */
async function ofSqlite(path: string): Promise<ReadonlyMap<string, Libpod>> {
  const { DatabaseSync } = await import('node:sqlite');
  const url = pathToFileURL(path);
  url.search = 'immutable=1';
  let rows: { id: string; config: string; state: string | null }[];
  try {
    const database = new DatabaseSync(url, { readOnly: true });
    try {
      rows = database.prepare(CONTAINERS).all() as unknown as typeof rows;
    } finally {
      database.close();
    }
  } catch {
    throw unreadableEngine(path, 'is no database of podman that can be read');
  }
  return new Map(
    rows.map(({ id, config, state }) => [
      id,
      { config: parseJson(config, path), state: parseJson(state ?? '{}', path) },
    ]),
  );
}

function addressesOf(state: unknown): string[] {
  const addresses = Object.values(objectAt(state, 'networkStatus')).flatMap((network) =>
    Object.values(objectAt(network, 'interfaces')).flatMap((each) =>
      listAt(each, 'subnets').map((subnet) => textAt(subnet, 'ipnet')),
    ),
  );
  return addresses.filter((address) => address !== undefined);
}

function mountsOf(config: unknown, root: string): ContainerRecord['mounts'] {
  const bound = new Set(listAt(config, 'userVolumes'));
  const binds = listAt(config, 'spec', 'mounts').flatMap((mount) => {
    const [path, source] = [textAt(mount, 'destination'), textAt(mount, 'source')];
    return path !== undefined && source !== undefined && bound.has(path) ? [{ path, source }] : [];
  });
  const volumes = listAt(config, 'namedVolumes').flatMap((volume) => {
    const [path, name] = [textAt(volume, 'dest'), textAt(volume, 'volumeName')];
    return path === undefined || name === undefined
      ? []
      : [{ path, source: join(root, 'volumes', name, '_data') }];
  });
  return [...binds, ...volumes];
}
