// Opens an image: its layers are checked against their digests, read once for what is in them, and merged.
import type { ErrorCode } from '../../../schemas/error.ts';
import { errorCode } from '../../error-code.ts';
import type { ByteSource } from '../../formats/byte-source.ts';
import { packingOf, PackedOtherwise, unpacked } from '../../formats/unpacking.ts';
import { nameText } from '../tree/names.ts';
import type { Report, SystemView } from '../view.ts';
import { isDamage } from './damage.ts';
import type { ImageFiles } from './image-files.ts';
import { hasDigest, type ImageLayer, type ImageRecord } from './image-record.ts';
import { ImageTree } from './image-tree.ts';
import { ImageView } from './image-view.ts';
import { layerContent, RefusedLayer } from './layer-content.ts';

/** How much is read of an image before it is taken for an attack. */
export interface ImageBounds {
  /** Of all layers together: each takes memory. */
  readonly members: number;
  /** A layer may unpack to so many bytes, or to so many times those that it is packed in. */
  readonly bytes: number;
  readonly times: number;
}

const BOUNDS: ImageBounds = { members: 400_000, bytes: 4 * 1024 ** 3, times: 200 };

/** What opening needs. */
export interface ImageContext {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * A layer that is missing, damaged, not what its digest says or too much is a problem, and nothing of it is shown: the
 * others are. The view closes the files.
 */
export async function openImage(
  { layers }: ImageRecord,
  files: ImageFiles,
  { report, signal }: ImageContext,
  bounds: ImageBounds = BOUNDS,
): Promise<SystemView> {
  const tree = new ImageTree();
  const sources = new Map<number, ByteSource>();
  let members = bounds.members;
  const refuse = (path: string, why: string): void =>
    report.problem({ code: 'UNFOLD_MALFORMED', extractor: 'tree', path: `/${nameText(path)}`, message: why });
  for (const [index, layer] of layers.entries()) {
    const number = index + 1;
    try {
      const source = await checked(layer, files, signal);
      const most = Math.max(bounds.bytes, source.packed * bounds.times);
      const content = await layerContent(
        source.bytes,
        { number, diffId: layer.diffId },
        { members, bytes: most },
        refuse,
        signal,
      );
      sources.set(number, source.bytes);
      members -= content.weight;
      tree.apply(content, refuse);
    } catch (error) {
      signal.throwIfAborted();
      const { code, why } = reasonOf(error);
      const name = layer.digest ?? layer.diffId ?? layer.path;
      report.problem({
        code,
        extractor: 'tree',
        message: `layer ${number}, ${name}, ${why}: it is not shown`,
      });
    }
  }
  tree.settle();
  return new ImageView(tree, sources, files, report);
}

/** A layer's bytes, unpacked, and how many they are packed. Nothing is unpacked before it has been checked. */
async function checked(
  { path, digest, diffId }: ImageLayer,
  files: ImageFiles,
  signal: AbortSignal,
): Promise<{ readonly bytes: ByteSource; readonly packed: number }> {
  const source = await files.source(path);
  if (source === null) throw new MissingLayer('is not there');
  if (digest === null && diffId === null) throw new RefusedLayer('has no digest that can be checked');
  if (digest !== null && !(await hasDigest(source, digest, signal)))
    throw new RefusedLayer('has another content than its digest says');
  return { bytes: unpacked(source, await packingOf(source)), packed: source.size };
}

class MissingLayer extends Error {}

function reasonOf(error: unknown): { code: ErrorCode; why: string } {
  if (error instanceof MissingLayer) return { code: 'UNFOLD_UNREADABLE', why: error.message };
  if (error instanceof RefusedLayer) return { code: 'UNFOLD_IMAGE_UNTRUSTED', why: error.message };
  if (error instanceof PackedOtherwise)
    return { code: 'UNFOLD_UNREADABLE', why: `is packed with ${error.message}, which is not unpacked here` };
  if (isDamage(error)) return { code: 'UNFOLD_MALFORMED', why: 'is damaged' };
  const code = errorCode(error);
  if (code === null) throw error;
  return { code: 'UNFOLD_UNREADABLE', why: `cannot be read (${code})` };
}
