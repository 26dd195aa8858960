// The images of an archive that `docker save` writes: manifest.json names their configurations and layers.
import { listAt, textAt } from '../container/container-record.ts';
import { unreadableImage, type ImageFiles } from './image-files.ts';
import { jsonOf, recordOf, type ImageRecord } from './image-record.ts';

const MOST_IMAGES = 10_000;

/** The images of an archive; null where it is none. Throws UNFOLD_IMAGE_UNREADABLE. */
export async function imagesOfArchive(files: ImageFiles): Promise<ImageRecord[] | null> {
  const manifest = await jsonOf(files, 'manifest.json');
  if (!Array.isArray(manifest?.value)) return null;
  const images: ImageRecord[] = [];
  for (const each of (manifest.value as unknown[]).slice(0, MOST_IMAGES)) {
    const path = textAt(each, 'Config') ?? '';
    const configuration = await jsonOf(files, path);
    if (configuration === null) throw unreadableImage(path, 'is named by manifest.json and not there');
    const layers = listAt(each, 'Layers').map((layer) => ({ path: String(layer), digest: null }));
    const names = listAt(each, 'RepoTags').filter((name): name is string => typeof name === 'string');
    images.push(recordOf(configuration, layers, { digest: null, names: names.slice(0, 100), offered: [] }));
  }
  return images;
}
