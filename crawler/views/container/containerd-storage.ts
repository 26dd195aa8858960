// Containers that containerd keeps in its root folder, in every namespace: of nerdctl, of Kubernetes, of ctr.
import { join } from 'node:path';
import { MalformedBolt, openBolt, type BoltBucket } from '../../formats/bolt.ts';
import { chosenBuild, platformText } from '../image/platform.ts';
import { imageOf, listAt, objectAt, textAt, type ContainerRecord } from './container-record.ts';
import { engineFile, engineJson, unreadableEngine } from './engine-files.ts';

const METADATA = 'io.containerd.metadata.v1.bolt/meta.db';
const CONTENT = 'io.containerd.content.v1.content';
/** A write may be under way while the file is read. */
const ATTEMPTS = 3;
/** Layers of one container; the kernel allows fewer. */
const MOST_LAYERS = 512;
const MOST_LEVELS = 4;
/** Where layers of a kind of snapshots lie, and whether each holds only what differs from those below. */
const SNAPSHOTTERS: Readonly<Record<string, { readonly folder: string; readonly isLayered: boolean }>> = {
  overlayfs: { folder: 'fs', isLayered: true },
  native: { folder: '', isLayered: false },
};

/** A snapshot by its name in the snapshotter: where it is, and what is below it. */
type Snapshots = ReadonlyMap<string, { readonly id: number; readonly parent: string | undefined }>;

/** The containers of a root folder; null where it is none. Throws UNFOLD_CONTAINERS_UNREADABLE. */
export function containerdContainers(root: string): ContainerRecord[] | null {
  return readBolt(join(root, METADATA), (metadata) => {
    const found: ContainerRecord[] = [];
    const snapshots = new Map<string, Snapshots>();
    for (const { key: namespace, bucket } of bucketsIn(metadata.bucket('v1')))
      for (const { key: id, bucket: container } of bucketsIn(bucket.bucket('containers'))) {
        const name = container.text('snapshotter') ?? '';
        if (!snapshots.has(name)) snapshots.set(name, snapshotsOf(root, name));
        const key = bucket.bucket('snapshots', name, container.text('snapshotKey') ?? '')?.text('name');
        const layers = layersOf(root, name, key ?? '', snapshots.get(name) ?? new Map());
        // Snapshots of another kind are no directories of this machine.
        if (layers.length > 0)
          found.push(recordOf(root, { namespace, id, container, images: bucket.bucket('images') }, layers));
      }
    return found;
  });
}

interface Found {
  readonly namespace: string;
  readonly id: string;
  readonly container: BoltBucket;
  readonly images: BoltBucket | null;
}

function recordOf(
  root: string,
  { namespace, id, container, images }: Found,
  layers: string[],
): ContainerRecord {
  const labels = textsIn(container.bucket('labels'));
  const image = container.text('image') ?? undefined;
  const digest =
    image === undefined ? undefined : (images?.bucket(image, 'target')?.text('digest') ?? undefined);
  return {
    id: `${namespace}/${id}`,
    name: nameOf(id, labels),
    labels,
    image: imageOf({ name: image, id: configurationOf(root, digest), digest }),
    ip: [],
    mounts: mountsOf(valuesIn(container).get('spec')),
    layers,
  };
}

/** As those who had it made call it. */
function nameOf(id: string, labels: Readonly<Record<string, string>>): string {
  const pod = labels['io.kubernetes.pod.name'];
  const parts = [labels['io.kubernetes.pod.namespace'], pod, labels['io.kubernetes.container.name']];
  if (pod !== undefined) return parts.filter((part) => part !== undefined).join('/');
  return labels['nerdctl/name'] ?? (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);
}

/** The digest of an image's configuration, by its manifest or a list of them. */
function configurationOf(root: string, digest: string | undefined): string | undefined {
  let here = digest;
  for (let level = 0; level < MOST_LEVELS && here !== undefined; level++) {
    const manifest = blobOf(root, here);
    const [first, ...rest] = listAt(manifest, 'manifests').map((each) => ({
      digest: textAt(each, 'digest'),
      platform: platformText(objectAt(each)['platform']),
    }));
    if (first === undefined) return textAt(manifest, 'config', 'digest');
    here = chosenBuild([first, ...rest], null, root).digest;
  }
  return undefined;
}

/** What cannot be read of an image says nothing of the container. */
function blobOf(root: string, digest: string): unknown {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return null;
  try {
    return engineJson(join(root, CONTENT, 'blobs', digest.replace(':', '/')));
  } catch {
    return null;
  }
}

function snapshotsOf(root: string, snapshotter: string): Snapshots {
  const found = new Map<string, { id: number; parent: string | undefined }>();
  if (SNAPSHOTTERS[snapshotter] === undefined) return found;
  readBolt(join(root, `io.containerd.snapshotter.v1.${snapshotter}/metadata.db`), (database) => {
    for (const { key, bucket } of bucketsIn(database.bucket('v1', 'snapshots'))) {
      const values = valuesIn(bucket);
      const [id] = varint(values.get('id') ?? Buffer.alloc(1), 0);
      found.set(key, { id, parent: values.get('parent')?.toString('latin1') });
    }
  });
  return found;
}

function layersOf(root: string, snapshotter: string, name: string, snapshots: Snapshots): string[] {
  const kind = SNAPSHOTTERS[snapshotter];
  const layers: string[] = [];
  let here = snapshots.get(name);
  while (kind !== undefined && here !== undefined && layers.length < MOST_LAYERS) {
    layers.push(
      join(root, `io.containerd.snapshotter.v1.${snapshotter}/snapshots`, String(here.id), kind.folder),
    );
    here = kind.isLayered && here.parent !== undefined ? snapshots.get(here.parent) : undefined;
  }
  return layers;
}

/** What is bound into it from outside. The runtime's specification is JSON in a message of protobuf. */
function mountsOf(spec: Buffer | undefined): ContainerRecord['mounts'] {
  return listAt(specOf(spec ?? Buffer.alloc(0)), 'mounts').flatMap((mount) => {
    const [path, source] = [textAt(mount, 'destination'), textAt(mount, 'source')];
    const isBound = listAt(mount, 'options').some((option) => option === 'bind' || option === 'rbind');
    return path !== undefined && source !== undefined && isBound ? [{ path, source }] : [];
  });
}

const VALUE_FIELD = 0x12;

/** `Any`: fields with their lengths, the value among them. null where it is none. */
function specOf(bytes: Buffer): unknown {
  for (let at = 0; at < bytes.length;) {
    const [field, lengthAt] = varint(bytes, at);
    const [length, start] = varint(bytes, lengthAt);
    if (field === VALUE_FIELD) return jsonIn(bytes.subarray(start, start + length));
    at = start + length;
  }
  return null;
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

/** A number in groups of seven bits, the low ones first, and where it ends. */
function varint(bytes: Buffer, start: number): [value: number, end: number] {
  let value = 0;
  for (let at = start; at < bytes.length && at < start + 7; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return [value, at + 1];
  }
  return [value, bytes.length];
}

function* bucketsIn(bucket: BoltBucket | null): Generator<{ key: string; bucket: BoltBucket }> {
  for (const item of bucket?.items() ?? []) if ('bucket' in item) yield item;
}

function valuesIn(bucket: BoltBucket | null): Map<string, Buffer> {
  const values = new Map<string, Buffer>();
  for (const item of bucket?.items() ?? []) if ('value' in item) values.set(item.key, item.value);
  return values;
}

function textsIn(bucket: BoltBucket | null): Record<string, string> {
  return Object.fromEntries([...valuesIn(bucket)].map(([key, value]) => [key, value.toString()]));
}

/** What `read` makes of a database; null where there is none. Throws UNFOLD_CONTAINERS_UNREADABLE. */
function readBolt<T>(path: string, read: (root: BoltBucket) => T): T | null {
  for (let attempt = 1; ; attempt++) {
    const bytes = engineFile(path);
    if (bytes === null) return null;
    try {
      return read(openBolt(bytes));
    } catch (error) {
      if (!(error instanceof MalformedBolt || error instanceof RangeError)) throw error;
      if (attempt === ATTEMPTS) throw unreadableEngine(path, 'is no database of containerd that can be read');
    }
  }
}
