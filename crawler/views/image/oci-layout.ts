// The images of an OCI layout: index.json names manifests by their digests, and lists of them by platform.
import { listAt, objectAt, textAt } from '../container/container-record.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { unreadableImage, type ImageFiles } from './image-files.ts';
import { isDigest, jsonOf, recordOf, type BrokenImage, type ImageRecord } from './image-record.ts';
import { chosenBuild, platformText } from './platform.ts';

/** What an index says of a manifest. */
interface Descriptor {
  readonly digest: string;
  readonly platform: string;
  readonly name: string | null;
  readonly isIndex: boolean;
}

const MOST_DESCRIPTORS = 10_000;
const MOST_LEVELS = 4;
const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const ATTESTATION = 'attestation-manifest';

/** How to read a layout. */
export interface LayoutOptions {
  /** For messages and for names that a layout does not have. */
  readonly place: string;
  readonly title: string;
  /** `OS/ARCHITECTURE`, null: this machine's. */
  readonly platform: string | null;
}

/** The images of a layout; null where it is none. Throws UNFOLD_IMAGE_UNREADABLE. */
export async function imagesOfLayout(
  files: ImageFiles,
  options: LayoutOptions,
): Promise<(ImageRecord | BrokenImage)[] | null> {
  const index = await jsonOf(files, 'index.json');
  if (index === null) return null;
  const images: (ImageRecord | BrokenImage)[] = [];
  for (const [name, descriptors] of byName(descriptorsOf(index.value, options.title)))
    for (const builds of alternatives(descriptors)) {
      const image = await imageOf(files, builds, name, options);
      if (image !== null) images.push(image);
    }
  return images;
}

function byName(descriptors: readonly Descriptor[]): ReadonlyMap<string | null, Descriptor[]> {
  const named = new Map<string | null, Descriptor[]>();
  for (const each of descriptors) named.set(each.name, [...(named.get(each.name) ?? []), each]);
  return named;
}

/** One name for manifests of different platforms is one image. */
function alternatives(descriptors: Descriptor[]): [Descriptor, ...Descriptor[]][] {
  const platforms = new Set(descriptors.map(({ platform }) => platform));
  const [first, ...rest] = descriptors;
  if (first === undefined) return [];
  const areBuilds = platforms.size === descriptors.length && descriptors.every(({ isIndex }) => !isIndex);
  return areBuilds ? [[first, ...rest]] : descriptors.map((each) => [each]);
}

async function imageOf(
  files: ImageFiles,
  builds: [Descriptor, ...Descriptor[]],
  name: string | null,
  options: LayoutOptions,
): Promise<ImageRecord | BrokenImage | null> {
  const names = name === null ? [] : [name];
  try {
    return await chosenImage(files, builds, names, options, []);
  } catch (error) {
    // Of a platform that is not there the user is told at once.
    if (options.platform !== null || !(error instanceof UnfoldError)) throw error;
    return { digest: builds[0].digest, names, why: error.message };
  }
}

async function chosenImage(
  files: ImageFiles,
  builds: [Descriptor, ...Descriptor[]],
  names: readonly string[],
  options: LayoutOptions,
  passed: readonly Descriptor[],
): Promise<ImageRecord | null> {
  const { digest } = builds.length === 1 ? builds[0] : chosenBuild(builds, options.platform, options.place);
  const manifest = await verifiedJson(files, digest);
  if (INDEX_TYPES.includes(textAt(manifest, 'mediaType') ?? '') || listAt(manifest, 'manifests').length > 0) {
    const [first, ...rest] = descriptorsOf(manifest, options.title);
    if (first === undefined) return null;
    if (passed.length > MOST_LEVELS) throw unreadableImage(digest, 'is a list of lists without end');
    return chosenImage(files, [first, ...rest], names, options, [...passed, builds[0]]);
  }
  const configuration = textAt(manifest, 'config', 'digest');
  // Signatures and other things are kept like images, too.
  if (!isImage(textAt(manifest, 'config', 'mediaType')) || configuration === undefined) return null;
  const offered = builds.length > 1 ? builds.map(({ platform }) => platform) : [];
  const layers = listAt(manifest, 'layers').map((layer) => {
    const stated = textAt(layer, 'digest');
    if (!isDigest(stated)) throw unreadableImage(digest, `has a layer with the digest ${String(stated)}`);
    return { path: blobPath(stated), digest: stated };
  });
  const value = await verifiedJson(files, configuration);
  return recordOf({ value, digest: configuration }, layers, { digest, names, offered });
}

function isImage(mediaType: string | undefined): boolean {
  return /^application\/vnd\.(?:oci\.image\.config\.v1|docker\.container\.image\.v1)\+json$/.test(
    mediaType ?? '',
  );
}

function descriptorsOf(index: unknown, title: string): Descriptor[] {
  return listAt(index, 'manifests')
    .slice(0, MOST_DESCRIPTORS)
    .flatMap((each) => {
      const digest = textAt(each, 'digest');
      const annotations = objectAt(each, 'annotations');
      if (!isDigest(digest) || textAt(annotations, 'vnd.docker.reference.type') === ATTESTATION) return [];
      return {
        digest,
        platform: platformText(objectAt(each)['platform']),
        name: nameOf(annotations, title),
        isIndex: INDEX_TYPES.includes(textAt(each, 'mediaType') ?? ''),
      };
    });
}

/** A mere tag goes with what the layout is called. */
function nameOf(annotations: unknown, title: string): string | null {
  const full = textAt(annotations, 'io.containerd.image.name');
  const reference = full ?? textAt(annotations, 'org.opencontainers.image.ref.name');
  if (reference === undefined) return null;
  return (/[/:]/.test(reference) ? reference : `${title}:${reference}`).slice(0, 1024);
}

async function verifiedJson(files: ImageFiles, digest: string): Promise<unknown> {
  if (!isDigest(digest)) throw unreadableImage('its configuration', 'has no digest that can be checked');
  const json = await jsonOf(files, blobPath(digest));
  if (json === null) throw unreadableImage(digest, 'is not there');
  if (json.digest !== digest) throw unreadableImage(digest, 'has another content than its digest says');
  return json.value;
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
