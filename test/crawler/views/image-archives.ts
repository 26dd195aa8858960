// Images for tests, made here: tar archives member by member, layouts and archives around them.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/** A member of an archive; `type` as tar has it, a regular file by default. Names are strings of bytes (latin1). */
export interface Member {
  readonly name: string;
  readonly type?: string;
  readonly data?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  /** Instead of the bytes there are. */
  readonly size?: number;
}

const BLOCK = 512;

function filled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

/** One member with its header. */
export function member({ name, type = '0', data = '', link = '', mode = 0o644, size }: Member): Buffer {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data, 'latin1');
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  header.write(name.slice(0, 100), 0, 'latin1');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size ?? bytes.length, 124, 12);
  octal(1_700_000_000, 136, 12);
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write(link.slice(0, 100), 157, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, filled(bytes)]);
}

/** An archive. */
export function tarOf(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(member), Buffer.alloc(2 * BLOCK)]);
}

/** The data of a POSIX extended header. */
export function pax(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = rest.length + 1;
      while (`${length}${rest}`.length !== length) length += 1;
      return `${length}${rest}`;
    })
    .join('');
}

export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Packs, or leaves. */
export const PACKERS = {
  none: (bytes: Buffer) => bytes,
  gzip: (bytes: Buffer) => gzipSync(bytes, { level: 1 }),
  zstd: (bytes: Buffer) => zstdCompressSync(bytes),
} as const;

/** Of media types, by the first byte. */
const SUFFIXES: Readonly<Record<number, string>> = { 0x1f: '+gzip', 0x28: '+zstd' };

/** An image to be written: its layers as archives, packed or not, the lowest first. */
export interface MadeImage {
  readonly name?: string;
  readonly layers: readonly { readonly tar: Buffer; readonly packed?: Buffer }[];
  readonly config?: object;
  readonly architecture?: string;
}

/** A configuration, as JSON. */
function configurationOf({ layers, config = {}, architecture = 'amd64' }: MadeImage): Buffer {
  return Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture,
      created: '2026-01-02T03:04:05.678901234Z',
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => sha256(tar)) },
    }),
  );
}

/** The files of an OCI layout; of several images of one name a list by platform is made. */
export function layoutFiles(images: readonly MadeImage[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>([['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')]]);
  const blob = (bytes: Buffer): { digest: string; size: number } => {
    const digest = sha256(bytes);
    files.set(`blobs/${digest.replace(':', '/')}`, bytes);
    return { digest, size: bytes.length };
  };
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  const type = (name: string): string => `application/vnd.oci.image.${name}.v1`;
  const manifests = images.map((image) => {
    const manifest = json({
      schemaVersion: 2,
      mediaType: `${type('manifest')}+json`,
      config: { mediaType: `${type('config')}+json`, ...blob(configurationOf(image)) },
      layers: image.layers.map(({ tar, packed }) => ({
        mediaType: `${type('layer')}.tar${packed === undefined ? '' : (SUFFIXES[packed[0] ?? 0] ?? '')}`,
        ...blob(packed ?? tar),
      })),
    });
    const platform = { os: 'linux', architecture: image.architecture ?? 'amd64' };
    return { name: image.name, own: { mediaType: `${type('manifest')}+json`, ...blob(manifest), platform } };
  });
  const named = (name: string | undefined): object =>
    name === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } };
  const names = [...new Set(images.map(({ name }) => name))];
  const top = names.flatMap((name): object[] => {
    const builds = manifests.filter((each) => each.name === name).map(({ own }) => own);
    if (builds.length === 1 || name === undefined) return builds.map((each) => ({ ...each, ...named(name) }));
    const list = json({ schemaVersion: 2, mediaType: `${type('index')}+json`, manifests: builds });
    return [{ mediaType: `${type('index')}+json`, ...blob(list), ...named(name) }];
  });
  files.set('index.json', json({ schemaVersion: 2, manifests: top }));
  return files;
}

/** The files of an archive as `docker save` wrote it for long. */
export function dockerFiles(images: readonly MadeImage[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const manifest = images.map((image) => {
    const configuration = configurationOf(image);
    const config = `${sha256(configuration).slice('sha256:'.length)}.json`;
    files.set(config, configuration);
    const layers = image.layers.map(({ tar, packed }) => {
      const path = `${sha256(tar).slice('sha256:'.length)}/layer.tar`;
      files.set(path, packed ?? tar);
      return path;
    });
    return { Config: config, RepoTags: image.name === undefined ? null : [image.name], Layers: layers };
  });
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  return files;
}

/** Writes files into a folder. */
export function writeFolder(folder: string, files: ReadonlyMap<string, Buffer>): string {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** Writes files as an archive, packed or not. */
export function writeArchive(
  path: string,
  files: ReadonlyMap<string, Buffer>,
  packing: keyof typeof PACKERS = 'none',
): string {
  writeFileSync(path, PACKERS[packing](tarOf([...files].map(([name, data]) => ({ name, data })))));
  return path;
}
