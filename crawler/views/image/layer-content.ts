// What a layer brings and what it hides, read from its archive in one pass; nothing of it is believed before its digest.
import { createHash } from 'node:crypto';
import { ByteCursor } from '../../formats/byte-cursor.ts';
import { WatchedSource, type ByteSource } from '../../formats/byte-source.ts';
import { TarReader, type MemberType, type TarEntry } from '../../formats/tar-reader.ts';
import { ImageNode } from './image-node.ts';

/** A layer as it is applied. Paths are bytes as strings (latin1), relative to the top. */
export interface LayerContent {
  /** `name` of a directory, or all that is in it from below. */
  readonly hidden: readonly { readonly directory: string; readonly name: string | null }[];
  /** How many members there are; those with long names count several times. */
  readonly weight: number;
  /** In the order of the archive; of a hard link the file that it is. */
  readonly members: readonly {
    readonly path: string;
    readonly node: ImageNode;
    readonly link: string | null;
  }[];
}

/** How much a layer may be. */
export interface LayerBounds {
  readonly members: number;
  readonly bytes: number;
}

/** A layer that is more than it may be, or not what its digest says. The message says which. */
export class RefusedLayer extends Error {}

/** Told of members that are left out: their path (bytes), and why. */
type Refuse = (path: string, why: string) => void;

const HIDES = '.wh.';
const HIDES_ALL = '.wh..wh..opq';
/** What the drivers of old engines keep for themselves. */
const OF_THE_DRIVER = '.wh..wh.';
const MOST_PATH_BYTES = 4096;
/** Of the names of one member. */
const NAME_BYTES = 256;

/**
 * Reads an unpacked archive to its end. `diffId` is its digest, where it is known. Throws RefusedLayer, MalformedArchive,
 * and what reading throws.
 */
export async function layerContent(
  source: ByteSource,
  layer: { readonly number: number; readonly diffId: string | null },
  bounds: LayerBounds,
  refuse: Refuse,
  signal: AbortSignal,
): Promise<LayerContent> {
  const hash = createHash('sha256');
  let bytes = 0;
  const cursor = new ByteCursor(
    new WatchedSource(source, (chunk) => {
      signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > bounds.bytes) throw new RefusedLayer(`unpacks to more than ${bounds.bytes} bytes`);
      hash.update(chunk);
    }),
  );
  try {
    const content = await membersOf(new TarReader(cursor), layer.number, bounds, refuse);
    await cursor.drain();
    if (layer.diffId !== null && layer.diffId !== `sha256:${hash.digest('hex')}`)
      throw new RefusedLayer(`does not unpack to what its digest ${layer.diffId} says`);
    return content;
  } finally {
    await cursor.close();
  }
}

async function membersOf(
  reader: TarReader,
  layer: number,
  bounds: LayerBounds,
  refuse: Refuse,
): Promise<LayerContent> {
  const hidden: LayerContent['hidden'][number][] = [];
  const members: LayerContent['members'][number][] = [];
  let weight = 0;
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    weight += 1 + Math.floor((entry.name.length + entry.linkName.length) / NAME_BYTES);
    if (weight > bounds.members)
      throw new RefusedLayer(`has more than ${bounds.members} members, or very long names`);
    const path = pathIn(entry.name);
    if (path === null) {
      refuse(entry.name.slice(0, MOST_PATH_BYTES), 'is a name that leads out of the image, or is too long');
      continue;
    }
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name.startsWith(HIDES)) hidden.push(...hiddenBy(path.slice(0, -name.length), name));
    else if (entry.type === 'other') refuse(path, 'is of a kind that images do not have');
    else if (entry.type === 'link' && pathIn(entry.linkName) === null)
      refuse(path, 'is a link that leads out of the image');
    else members.push(memberOf(path, entry, layer, members.length + 2));
  }
  return { hidden, members, weight };
}

/** Without what means nothing; null for a name that cannot be. */
function pathIn(name: string): string | null {
  if (name.length > MOST_PATH_BYTES) return null;
  const names = name.split('/').filter((each) => each !== '' && each !== '.');
  return names.includes('..') ? null : names.join('/');
}

function hiddenBy(directory: string, name: string): LayerContent['hidden'] {
  if (name === HIDES_ALL) return [{ directory, name: null }];
  if (name.startsWith(OF_THE_DRIVER)) return [];
  return [{ directory, name: name.slice(HIDES.length) }];
}

const FILE_TYPES = {
  file: 'file',
  link: 'file',
  dir: 'dir',
  symlink: 'symlink',
  char: 'char',
  block: 'block',
  fifo: 'fifo',
} as const satisfies Partial<Record<MemberType, string>>;

function memberOf(
  path: string,
  entry: TarEntry & { readonly type: MemberType },
  layer: number,
  ordinal: number,
): LayerContent['members'][number] {
  const type = entry.type === 'other' ? 'file' : entry.type;
  const node = new ImageNode(FILE_TYPES[type], entry, layer, ordinal);
  return { path, node, link: type === 'link' ? entry.linkName : null };
}
