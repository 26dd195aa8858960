// What has a name in an image: metadata from its layer's archive, and where in there its bytes are.
import type { FileType } from '../../../schemas/entries.ts';
import { BLOCK } from '../../formats/tar-header.ts';
import type { TarEntry } from '../../formats/tar-reader.ts';

/** A name in a directory; bytes as a string (latin1). */
export interface NodeName {
  readonly directory: ImageNode;
  readonly name: string;
}

/** A file, directory or other thing; hard links are several names of one. Small: images have hundreds of thousands. */
export class ImageNode {
  readonly type: FileType;
  size: number;
  mode: number;
  uid: number;
  gid: number;
  mtimeMs: number;
  /** Which layer it came with, and as which of its members. */
  readonly layer: number;
  readonly isSparse: boolean;
  /** Of a symbolic link. */
  readonly target: string | null;
  /** Of a directory. */
  readonly children: Map<string, ImageNode> | null;
  readonly #ordinal: number;
  readonly #block: number;
  // The names it has, once all layers are applied; the first apart, as most have no other.
  #directory: ImageNode | null = null;
  #name = '';
  #more: NodeName[] | null = null;

  constructor(type: FileType, entry: TarEntry, layer: number, ordinal: number) {
    this.type = type;
    this.target = type === 'symlink' ? entry.linkName : null;
    this.size = this.target?.length ?? entry.size;
    this.mode = entry.mode;
    this.uid = account(entry.uid);
    this.gid = account(entry.gid);
    this.mtimeMs = entry.mtimeMs;
    this.#ordinal = ordinal;
    this.layer = layer;
    this.#block = entry.offset / BLOCK;
    this.isSparse = entry.isSparse;
    this.children = type === 'dir' ? new Map() : null;
  }

  /** What a layer says of a directory that is there already. */
  restate({ mode, uid, gid, mtimeMs }: ImageNode): void {
    Object.assign(this, { mode, uid, gid, mtimeMs });
  }

  /** Unique in the image, and the same whenever it is read. */
  get inode(): number {
    return this.layer * 2 ** 32 + this.#ordinal;
  }

  /** Where its bytes are in its layer. */
  get offset(): number {
    return this.#block * BLOCK;
  }

  /** A name that it has, null while it has none. */
  get first(): NodeName | null {
    return this.#directory === null ? null : { directory: this.#directory, name: this.#name };
  }

  get names(): readonly NodeName[] {
    return this.first === null ? [] : [this.first, ...(this.#more ?? [])];
  }

  /** Notes a name. */
  named(directory: ImageNode, name: string): void {
    if (this.#directory === null) [this.#directory, this.#name] = [directory, name];
    else (this.#more ??= []).push({ directory, name });
  }
}

/** Numbers of accounts have 32 bits. */
function account(stated: number): number {
  return Math.min(0xffffffff, Math.max(0, Math.trunc(stated)));
}

/** A directory that no archive mentions. */
export function impliedDirectory(layer: number, ordinal: number): ImageNode {
  const entry = {
    size: 0,
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtimeMs: 0,
    linkName: '',
    offset: 0,
    isSparse: false,
  };
  return new ImageNode('dir', { ...entry, name: '', type: 'dir' }, layer, ordinal);
}
