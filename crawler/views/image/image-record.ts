// An image as its own manifest and configuration tell it, whatever it is kept in.
import { createHash, hash } from 'node:crypto';
import { ByteCursor } from '../../formats/byte-cursor.ts';
import type { ByteSource } from '../../formats/byte-source.ts';
import { listAt, textAt, textsAt } from '../container/container-record.ts';
import { unreadableImage, type ImageFiles } from './image-files.ts';
import { platformText } from './platform.ts';

/** An archive of a layer. */
export interface ImageLayer {
  /** Where it is among the image's files. */
  readonly path: string;
  /** Of the archive as it lies there, where a manifest states it; and unpacked. */
  readonly digest: string | null;
  readonly diffId: string | null;
}

/** An image that can be read. */
export interface ImageRecord {
  /** Digest of its configuration: the same wherever and however it is kept. */
  readonly id: string;
  /** Of its manifest; archives of docker have none. */
  readonly digest: string | null;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: string;
  /** The platforms that were to choose from, where there was a choice. */
  readonly offered: readonly string[];
  readonly created: string | null;
  /** The lowest first. */
  readonly layers: readonly ImageLayer[];
}

/** An image of which no more is known than its manifest's digest, because that or the configuration is damaged. */
export interface BrokenImage {
  readonly digest: string;
  readonly names: readonly string[];
  readonly why: string;
}

/** Manifests and configurations are short. */
const MOST_JSON_BYTES = 8 * 1024 * 1024;
const MOST_LAYERS = 512;
const MOST_LABELS = 512;
const MOST_LABEL_LENGTH = 4096;
const SHA256 = /^sha256:[0-9a-f]{64}$/;
const CHUNK = 1024 * 1024;

/** True for a digest that is checked here. */
export function isDigest(text: string | undefined): text is `sha256:${string}` {
  return text !== undefined && SHA256.test(text);
}

/** Whether bytes are those of a digest; the signal's reason is thrown. */
export async function hasDigest(source: ByteSource, digest: string, signal: AbortSignal): Promise<boolean> {
  const sum = createHash('sha256');
  const cursor = new ByteCursor(source);
  try {
    for (let bytes = await cursor.take(CHUNK); bytes.length > 0; bytes = await cursor.take(CHUNK)) {
      signal.throwIfAborted();
      sum.update(bytes);
    }
  } finally {
    await cursor.close();
  }
  return digest === `sha256:${sum.digest('hex')}`;
}

/** JSON among an image's files, and the digest of its bytes; null where there is none. Throws UNFOLD_IMAGE_UNREADABLE. */
export async function jsonOf(
  files: ImageFiles,
  path: string,
): Promise<{ readonly value: unknown; readonly digest: string } | null> {
  const source = await files.source(path);
  if (source === null) return null;
  const cursor = new ByteCursor(source);
  const bytes = await cursor.take(MOST_JSON_BYTES + 1);
  await cursor.close();
  if (bytes.length > MOST_JSON_BYTES) throw unreadableImage(path, 'is larger than such files are');
  try {
    return { value: JSON.parse(bytes.toString()) as unknown, digest: `sha256:${hash('sha256', bytes)}` };
  } catch (cause) {
    throw unreadableImage(path, 'is no JSON', cause);
  }
}

/** What a configuration says, put together with where the layers are. Throws UNFOLD_IMAGE_UNREADABLE. */
export function recordOf(
  configuration: { readonly value: unknown; readonly digest: string },
  layers: readonly { readonly path: string; readonly digest: string | null }[],
  about: {
    readonly digest: string | null;
    readonly names: readonly string[];
    readonly offered: readonly string[];
  },
): ImageRecord {
  const { value, digest: id } = configuration;
  const diffIds = listAt(value, 'rootfs', 'diff_ids');
  if (layers.length > MOST_LAYERS) throw unreadableImage(id, `has more than ${MOST_LAYERS} layers`);
  if (diffIds.length !== layers.length)
    throw unreadableImage(id, `has ${layers.length} layers, and its configuration ${diffIds.length}`);
  const created = Date.parse(textAt(value, 'created') ?? '');
  return {
    ...about,
    id,
    labels: boundedLabels(textsAt(value, 'config', 'Labels')),
    platform: platformText(value),
    created: Number.isNaN(created) ? null : new Date(created).toISOString(),
    layers: layers.map((layer, index) => ({ ...layer, diffId: digestIn(diffIds[index]) })),
  };
}

function digestIn(value: unknown): string | null {
  return typeof value === 'string' && isDigest(value) ? value : null;
}

/** Those who made the image may have written anything. */
function boundedLabels(labels: Record<string, string>): Record<string, string> {
  const some = Object.entries(labels).slice(0, MOST_LABELS);
  return Object.fromEntries(
    some.map(([key, value]) => [key.slice(0, MOST_LABEL_LENGTH), value.slice(0, MOST_LABEL_LENGTH)]),
  );
}
