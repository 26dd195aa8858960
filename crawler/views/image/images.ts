// The images of a folder or archive, whichever of the forms it has.
import { basename } from 'node:path';
import { imagesOfArchive } from './docker-archive.ts';
import { unreadableImage, type ImageFiles } from './image-files.ts';
import type { BrokenImage, ImageRecord } from './image-record.ts';
import { imagesOfLayout } from './oci-layout.ts';

/**
 * Each image once, with all its names. Archives of newer dockers have both forms: the layout says more. In a folder
 * only what has a digest is read, as its other names may lead anywhere. Throws UNFOLD_IMAGE_UNREADABLE.
 */
export async function imagesIn(
  files: ImageFiles,
  place: string,
  platform: string | null,
): Promise<readonly (ImageRecord | BrokenImage)[]> {
  const title = basename(place).replace(/(?:\.oci)?\.(?:tar|tgz)(?:\.\w+)?$/, '');
  const found =
    (await imagesOfLayout(files, { place, title, platform })) ??
    (files.isArchive ? await imagesOfArchive(files) : null);
  if (found === null || found.length === 0) throw unreadableImage(place, 'holds no image');
  const images = new Map<string, ImageRecord | BrokenImage>();
  for (const image of found) {
    const id = 'id' in image ? image.id : image.digest;
    const known = images.get(id);
    const names = [...new Set([...(known?.names ?? []), ...image.names])];
    images.set(id, { ...(known ?? image), names });
  }
  return [...images.values()];
}
