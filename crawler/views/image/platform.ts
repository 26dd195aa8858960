// Which of the platforms that an image was built for is read.
import { arch } from 'node:os';
import { objectAt, textAt } from '../container/container-record.ts';
import { unreadableImage } from './image-files.ts';

/** Names of this machine's architecture, as images have them; others are alike. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', loong64: 'loong64' };

/** As `OS/ARCHITECTURE`. */
export function hostPlatform(): string {
  return `linux/${ARCHITECTURES[arch()] ?? arch()}`;
}

/**
 * The one of several builds that is read: for the platform asked for (`null`: this machine's, or else the first).
 * Throws UNFOLD_IMAGE_UNREADABLE where that asked for is not among them.
 */
export function chosenBuild<T extends { readonly platform: string }>(
  builds: readonly [T, ...T[]],
  asked: string | null,
  place: string,
): T {
  const wanted = asked ?? hostPlatform();
  const fits = ({ platform }: T): boolean => platform === wanted || platform.startsWith(`${wanted}/`);
  const found = builds.find(fits);
  if (found !== undefined || asked === null) return found ?? builds[0];
  const known = builds.map(({ platform }) => platform).join(', ');
  throw unreadableImage(place, `has no image for ${asked}; there are ${known}`);
}

/** `OS/ARCHITECTURE`, and the variant where there is one. */
export function platformText(value: unknown): string {
  const parts = [textAt(value, 'os') ?? 'unknown', textAt(value, 'architecture') ?? 'unknown'];
  const variant = textAt(objectAt(value), 'variant');
  return [...parts, ...(variant === undefined ? [] : [variant])].join('/').slice(0, 256);
}
