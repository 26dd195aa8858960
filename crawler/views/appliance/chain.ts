// Finds all files that make up a disk, and refuses what an image could name to get at other files.
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { UnfoldError, type ErrorCode } from '../../../schemas/error.ts';
import { systemCode } from '../tree/anchor.ts';
import { checkExtent } from '../../formats/qcow2-extent.ts';
import { LONGEST_HEADER, MalformedImage, parseQcow2, type Qcow2Header } from '../../formats/qcow2.ts';

/** How the bytes of an image are laid out. */
export type ImageFormat = 'raw' | 'qcow2';

/** One file of a disk; its format is stated, never guessed from its bytes. */
export interface Layer {
  /** Absolute, without symbolic links. */
  readonly path: string;
  readonly format: ImageFormat;
}

/** All files of a disk, the newest first. */
export interface DiskChain {
  readonly layers: readonly [Layer, ...Layer[]];
  /** Bytes of the disk, in whole sectors. */
  readonly size: number;
}

const MOST_LAYERS = 32;
const SECTOR = 512;
const FORMATS: Readonly<Record<string, ImageFormat>> = { '.qcow2': 'qcow2', '.raw': 'raw', '.img': 'raw' };
/** What qemu would take for a protocol rather than a path. */
const PROTOCOL = /^[^/]*:/;

/** The format that a file name states; null: none. */
export function formatOfName(path: string): ImageFormat | null {
  return FORMATS[extname(path).toLowerCase()] ?? null;
}

/**
 * The files of the disk that begins with `image`. Throws UNFOLD_PATH_MISSING, UNFOLD_PATH_UNREADABLE,
 * UNFOLD_DISK_UNREADABLE, or UNFOLD_DISK_BACKING_REFUSED for a backing file outside the image's own folder and
 * `backingFolders`, of unknown format, or that is no regular file.
 */
export function diskChain(image: string, format: ImageFormat, backingFolders: readonly string[]): DiskChain {
  const top = realPath(image);
  const allowed = [dirname(top), ...backingFolders.flatMap(existing)];
  const layers: [Layer, ...Layer[]] = [{ path: top, format }];
  const { size, header } = look(layers[0]);
  let base = backingOf(layers[0], image, header, allowed);
  while (base !== null) {
    const { layer, named }: Base = base;
    if (layers.some(({ path }) => path === layer.path)) throw refused(layer.path, 'is based on itself');
    if (layers.length === MOST_LAYERS) throw refused(image, `is a chain of more than ${MOST_LAYERS} files`);
    layers.push(layer);
    base = backingOf(layer, named, look(layer).header, allowed);
  }
  return { layers, size: Math.ceil(size / SECTOR) * SECTOR };
}

/** The backing file that an image names, as a path; null: none, or the image cannot be read. */
export function backingPath(image: string, format: ImageFormat): string | null {
  try {
    const name = look({ path: realPath(image), format }).header?.backing?.name;
    return name === undefined || PROTOCOL.test(name) ? null : realpathSync(resolve(dirname(image), name));
  } catch {
    return null;
  }
}

interface Base {
  readonly layer: Layer;
  /** Its path before links were followed: a relative name in it counts from there, as qemu has it. */
  readonly named: string;
}

function backingOf(
  { path: image }: Layer,
  named: string,
  header: Qcow2Header | null,
  allowed: readonly string[],
): Base | null {
  if (!header?.backing) return null;
  const { name, format } = header.backing;
  if (PROTOCOL.test(name)) throw refused(image, 'is based on something that is no file');
  const asNamed = resolve(dirname(named), name);
  let path: string;
  try {
    path = realpathSync(asNamed);
  } catch (error) {
    throw new UnfoldError('UNFOLD_DISK_UNREADABLE', `${image}: its backing file ${asNamed} cannot be read`, {
      cause: error,
    });
  }
  if (!allowed.some((folder) => path.startsWith(join(folder, sep)))) {
    throw refused(image, `is based on ${path}, which is outside the allowed folders`);
  }
  const known = format === null ? formatOfName(path) : formatNamed(format);
  if (known === null) throw refused(image, `does not state the format of its backing file ${path}`);
  return { layer: { path, format: known }, named: asNamed };
}

function formatNamed(format: string): ImageFormat | null {
  return format === 'raw' || format === 'qcow2' ? format : null;
}

interface Looked {
  readonly size: number;
  readonly header: Qcow2Header | null;
}

/** Looks at one file: its header, and whether it is all there. */
function look({ path, format }: Layer): Looked {
  const fd = attempt(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new UnfoldError('UNFOLD_DISK_UNREADABLE', `${path} is no regular file`);
    if (stats.size === 0) throw new UnfoldError('UNFOLD_DISK_UNREADABLE', `${path} is empty`);
    if (format === 'raw') return { size: stats.size, header: null };
    const header = checkedHeader(fd, stats.size);
    if (header.externalData) throw refused(path, 'keeps its data in another file, which is not followed');
    return { size: header.virtualSize, header };
  } catch (error) {
    if (error instanceof MalformedImage) {
      throw new UnfoldError('UNFOLD_DISK_UNREADABLE', `${path} ${error.message}`, { cause: error });
    }
    throw error;
  } finally {
    closeSync(fd);
  }
}

function checkedHeader(fd: number, fileSize: number): Qcow2Header {
  const buffer = Buffer.alloc(LONGEST_HEADER);
  const read = (offset: number, length: number): Buffer => {
    const target = length <= buffer.length ? buffer : Buffer.alloc(length);
    return target.subarray(0, readSync(fd, target, 0, length, offset));
  };
  const header = parseQcow2(read(0, LONGEST_HEADER));
  if (header.encrypted) throw new MalformedImage('is encrypted');
  checkExtent(header, fileSize, read);
  return header;
}

function realPath(path: string): string {
  return attempt(path, () => realpathSync(path));
}

function existing(folder: string): string[] {
  try {
    return [realpathSync(folder)];
  } catch {
    return [];
  }
}

/** Turns the system's errors about a file into UNFOLD_PATH_MISSING and UNFOLD_PATH_UNREADABLE. */
export function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const system = systemCode(error);
    const code: ErrorCode = system === 'ENOENT' ? 'UNFOLD_PATH_MISSING' : 'UNFOLD_PATH_UNREADABLE';
    const why = code === 'UNFOLD_PATH_MISSING' ? 'does not exist' : `cannot be read (${system})`;
    throw new UnfoldError(code, `${path} ${why}`, { cause: error });
  }
}

function refused(image: string, why: string): UnfoldError {
  return new UnfoldError('UNFOLD_DISK_BACKING_REFUSED', `${image} ${why}`);
}
