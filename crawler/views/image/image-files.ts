// The files that images are kept in: those of a folder, or the members of an archive, which is not unpacked.
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UnfoldError } from '../../../schemas/error.ts';
import { errorCode } from '../../error-code.ts';
import { ByteCursor } from '../../formats/byte-cursor.ts';
import { FileSource, PartSource, type ByteSource } from '../../formats/byte-source.ts';
import { TarReader } from '../../formats/tar-reader.ts';
import { MalformedArchive } from '../../formats/tar.ts';
import { packingOf, PackedOtherwise, unpacked } from '../../formats/unpacking.ts';
import { isDamage } from './damage.ts';

/** Files by their path below the folder or in the archive. Close them. */
export interface ImageFiles {
  readonly isArchive: boolean;
  /** null where there is none. Throws the system's error. */
  source(path: string): Promise<ByteSource | null>;
  /** True where a file is no longer what it was when it was first opened. */
  haveChanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** Members of an archive of images; some have thousands of layers. */
const MOST_MEMBERS = 200_000;
const MOST_LINKS = 16;
const { O_RDONLY, O_NONBLOCK } = constants;

/** Opens a folder or an archive, packed or not. Throws UNFOLD_PATH_MISSING, UNFOLD_PATH_UNREADABLE, UNFOLD_IMAGE_UNREADABLE. */
export async function openImageFiles(place: string): Promise<ImageFiles> {
  const files = new OpenFiles();
  try {
    if ((await stat(place)).isDirectory())
      return {
        isArchive: false,
        source: (path) => files.source(join(place, normal(path))),
        haveChanged: () => files.haveChanged(),
        close: () => files.close(),
      };
    const archive = await files.source(place);
    if (archive === null) throw unreadableImage(place, 'is no regular file');
    const whole = unpacked(archive, await packingOf(archive));
    const members = await membersOf(whole);
    return {
      isArchive: true,
      source: (path) => Promise.resolve(memberAt(whole, members, path)),
      haveChanged: () => files.haveChanged(),
      close: () => files.close(),
    };
  } catch (error) {
    await files.close();
    throw errorOf(error, place);
  }
}

/** The error that names an image or what holds it. */
export function unreadableImage(place: string, why: string, cause?: unknown): UnfoldError {
  return new UnfoldError('UNFOLD_IMAGE_UNREADABLE', `${place} ${why}`, { cause });
}

function errorOf(error: unknown, place: string): unknown {
  if (error instanceof UnfoldError) return error;
  if (error instanceof PackedOtherwise)
    return unreadableImage(place, `is packed with ${error.message}, which is not unpacked here`, error);
  const code = errorCode(error) ?? '';
  if (isDamage(error)) return unreadableImage(place, 'is no archive of images, or is cut off', error);
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  return new UnfoldError(
    isMissing ? 'UNFOLD_PATH_MISSING' : 'UNFOLD_PATH_UNREADABLE',
    `image:${place} ${isMissing ? 'does not exist' : `cannot be read (${code || 'an error'})`}`,
    { cause: error },
  );
}

/** Files that stay open until they are closed together. */
class OpenFiles {
  readonly #open = new Map<
    string,
    { readonly handle: FileHandle; readonly state: string; readonly size: number }
  >();

  async source(path: string): Promise<ByteSource | null> {
    const known = this.#open.get(path);
    if (known !== undefined) return new FileSource(known.handle, known.size);
    let handle: FileHandle;
    try {
      handle = await open(path, O_RDONLY | O_NONBLOCK);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return null;
      throw error;
    }
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      return null;
    }
    this.#open.set(path, { handle, size: stats.size, state: stateOf(stats) });
    return new FileSource(handle, stats.size);
  }

  async haveChanged(): Promise<boolean> {
    for (const { handle, state } of this.#open.values()) {
      if (stateOf(await handle.stat()) !== state) return true;
    }
    return false;
  }

  async close(): Promise<void> {
    const handles = [...this.#open.values()];
    this.#open.clear();
    for (const { handle } of handles) await handle.close();
  }
}

function stateOf({ size, mtimeMs, ctimeMs }: { size: number; mtimeMs: number; ctimeMs: number }): string {
  return `${size} ${mtimeMs} ${ctimeMs}`;
}

/** A file's place, or where a link leads. */
type Member = { readonly offset: number; readonly size: number } | { readonly link: string };

/** The files and links of an archive, by path; of two of one name the later. */
async function membersOf(archive: ByteSource): Promise<ReadonlyMap<string, Member>> {
  const cursor = new ByteCursor(archive);
  const reader = new TarReader(cursor);
  const members = new Map<string, Member>();
  try {
    for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
      if (members.size >= MOST_MEMBERS) throw new MalformedArchive('too many members');
      const { name, type, offset, size, linkName } = entry;
      const path = normal(name);
      if (type === 'file') members.set(path, { offset, size });
      if (type === 'link') members.set(path, { link: normal(linkName) });
      if (type === 'symlink')
        members.set(path, { link: normal(linkName.startsWith('/') ? linkName : `${path}/../${linkName}`) });
    }
    return members;
  } finally {
    await cursor.close();
  }
}

/** Old archives have a layer once, and links to it. */
function memberAt(
  archive: ByteSource,
  members: ReadonlyMap<string, Member>,
  path: string,
): ByteSource | null {
  let member = members.get(normal(path));
  for (let links = 0; member !== undefined && 'link' in member && links < MOST_LINKS; links++)
    member = members.get(member.link);
  return member === undefined || 'link' in member
    ? null
    : new PartSource(archive, member.offset, member.size);
}

function normal(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/');
}
