// Disk images on this machine: disk:IMAGE, or disk:FOLDER for all images of a folder.
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { TargetConfiguration } from '../../schemas/configuration.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { openDisk } from '../views/appliance/appliance-view.ts';
import { attempt, backingPath, diskChain, formatOfName, type ImageFormat } from '../views/appliance/chain.ts';
import type { SystemView } from '../views/view.ts';
import { lostSystems } from '../lost-systems.ts';
import { FILE_FEATURES, type FoundSystem, type OpenContext, type Source } from './source.ts';

const SCHEME = 'disk';

/** A system per image: `disk:HOST/ABSOLUTE/PATH`. In a folder, an image that another one is based on is no system. */
export const disk: Source = {
  scheme: SCHEME,
  // eslint-disable-next-line @typescript-eslint/require-await -- a wrong target rejects
  list: async (target, host) => {
    const place = resolve(target.target.slice(SCHEME.length + 1));
    if (!isDirectory(place)) return [found(place, target, host, target.name ?? nameOf(place))];
    const images = imagesIn(place);
    if (images.length > 0) return images.map((image) => found(image, target, host, nameOf(image)));
    throw new UnfoldError('UNFOLD_PATH_MISSING', `no image (*.qcow2, *.raw or *.img) is in ${place}`);
  },
  lost(target, host, known, listed) {
    const path = resolve(target.target.slice(SCHEME.length + 1));
    const lost = lostSystems({ root: `${SCHEME}:${host}`, path, inFolder: true }, target, known);
    // An image that is still there is listed, or is no system any more: another one is based on it now.
    return listed === null ? lost : lost.filter(({ place }) => dirname(place) === path && !existsSync(place));
  },
  open,
};

async function open(system: FoundSystem, context: OpenContext): Promise<SystemView> {
  context.phase('open');
  const format = formatOf(system.place, system.target);
  return openDisk(diskChain(system.place, format, context.crawl.disk.backingFolders), context);
}

function found(place: string, target: TargetConfiguration, host: string, name: string): FoundSystem {
  formatOf(place, target);
  return {
    ref: { id: `${SCHEME}:${host}${place}`, kind: 'vm', name, labels: target.labels },
    scheme: SCHEME,
    place,
    target,
    features: FILE_FEATURES,
  };
}

/** A format is stated, by the configuration or the name: bytes of the image could claim to be anything. */
function formatOf(place: string, target: TargetConfiguration): ImageFormat {
  const format = target.format ?? formatOfName(place);
  if (format !== null) return format;
  throw new UnfoldError('UNFOLD_DISK_FORMAT_UNKNOWN', `${place} does not tell the format of its image`);
}

function nameOf(image: string): string {
  return basename(image, extname(image));
}

function isDirectory(path: string): boolean {
  return attempt(path, () => statSync(path).isDirectory());
}

/** False too for a link that leads nowhere: it is no image, but no reason to read none. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function imagesIn(folder: string): string[] {
  const images: { path: string; format: ImageFormat }[] = [];
  for (const name of attempt(folder, () => readdirSync(folder)).sort()) {
    const path = join(folder, name);
    const format = formatOfName(path);
    if (format !== null && isFile(path)) images.push({ path, format });
  }
  const bases = new Set(images.map(({ path, format }) => backingPath(path, format)));
  return images.map(({ path }) => path).filter((path) => !bases.has(realpathSync(path)));
}
