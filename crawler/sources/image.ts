// Container images in files on this machine: image:LAYOUT, or image:ARCHIVE of a layout or as `docker save` writes it.
import { resolve } from 'node:path';
import type { TargetConfiguration } from '../../schemas/configuration.ts';
import { openImageFiles, unreadableImage } from '../views/image/image-files.ts';
import type { BrokenImage, ImageRecord } from '../views/image/image-record.ts';
import { imagesIn } from '../views/image/images.ts';
import { openImage } from '../views/image/open-image.ts';
import type { SystemView } from '../views/view.ts';
import { FILE_FEATURES, type FoundSystem, type OpenContext, type Source } from './source.ts';

const SCHEME = 'image';

/** A system per image, `image:DIGEST` of its configuration, which engines call its id: the same wherever it is found. */
export const image: Source = {
  scheme: SCHEME,
  async list(target) {
    const place = placeOf(target);
    const files = await openImageFiles(place);
    try {
      const images = await imagesIn(files, place, target.platform ?? null);
      const isOnly = images.length === 1;
      return images.map((each) => found(each, target, isOnly ? (target.name ?? null) : null));
    } finally {
      await files.close();
    }
  },
  lost(target, _host, known, listed) {
    // An image that is no longer in the archive was removed: nobody misses it. Without the archive nothing is known.
    if (listed !== null) return [];
    const place = placeOf(target);
    return known
      .filter((ref) => ref.image?.place === place)
      .map((ref) => ({ ref, scheme: SCHEME, place, target, features: FILE_FEATURES }));
  },
  open,
};

async function open({ ref, place, target }: FoundSystem, context: OpenContext): Promise<SystemView> {
  context.phase('open');
  const files = await openImageFiles(place);
  try {
    const images = await imagesIn(files, place, target.platform ?? null);
    const record = images.find((each) => `${SCHEME}:${idOf(each)}` === ref.id);
    if (record === undefined) throw unreadableImage(place, `has no image ${ref.id} any more`);
    if (!('id' in record)) throw unreadableImage(place, `cannot show ${record.digest}: ${record.why}`);
    if (record.offered.length > 0 && target.platform === undefined)
      context.notice(
        `${ref.name}: of ${record.offered.join(', ')} the image for ${record.platform} is read; --platform names another.`,
      );
    return await openImage(record, files, context);
  } catch (error) {
    await files.close();
    throw error;
  }
}

function placeOf({ target }: TargetConfiguration): string {
  return resolve(target.slice(SCHEME.length + 1));
}

function idOf(found: ImageRecord | BrokenImage): string {
  return 'id' in found ? found.id : found.digest;
}

function found(
  record: ImageRecord | BrokenImage,
  target: TargetConfiguration,
  name: string | null,
): FoundSystem {
  const id = idOf(record);
  const place = placeOf(target);
  const isRead = 'id' in record;
  return {
    ref: {
      id: `${SCHEME}:${id}`,
      kind: 'image',
      name: name ?? record.names[0] ?? id.slice(0, 'sha256:'.length + 12),
      labels: { ...(isRead ? record.labels : {}), ...target.labels },
      image: {
        ...(isRead ? { id: record.id } : {}),
        ...(record.digest === null ? {} : { digest: record.digest }),
        names: [...record.names],
        ...(isRead ? { platform: record.platform } : {}),
        ...(isRead && record.created !== null ? { created: record.created } : {}),
        layers: isRead ? record.layers.map(({ digest, diffId }) => diffId ?? digest ?? '') : [],
        place,
      },
    },
    scheme: SCHEME,
    place,
    target,
    features: FILE_FEATURES,
  };
}
