// The view of an image: its tree is in memory, the bytes of its files are read from its layers when they are wanted.
import { setImmediate } from 'node:timers/promises';
import type { ByteSource } from '../../formats/byte-source.ts';
import { childPath, ROOT, type TreePath } from '../tree/entry.ts';
import { bytesOf, nameText } from '../tree/names.ts';
import { globOf } from '../tree/requests.ts';
import type {
  Capability,
  Content,
  ReadFile,
  ReadRequest,
  Report,
  SystemView,
  TreeEntry,
  TreeVisitor,
} from '../view.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageNode } from './image-node.ts';
import { lookUp, pathOf, type FoundNode } from './image-paths.ts';
import type { ImageTree } from './image-tree.ts';
import { LayerReader } from './layer-reader.ts';

const ENTRIES_PER_TURN = 2000;
const EMPTY = Buffer.alloc(0);

/** A file whose bytes are wanted, and who gets them. */
interface Wanted {
  readonly node: ImageNode;
  readonly maxBytes: number;
  readonly accept: (content: Exclude<Content, null>) => void;
}

/** Reads each layer from front to back: packed bytes cannot be had in another order. */
export class ImageView implements SystemView {
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['files']);
  readonly #tree: ImageTree;
  readonly #sources: ReadonlyMap<number, ByteSource>;
  readonly #files: ImageFiles;
  readonly #report: Report;

  /** The tree is settled; `sources` are its layers, unpacked, by number. */
  constructor(tree: ImageTree, sources: ReadonlyMap<number, ByteSource>, files: ImageFiles, report: Report) {
    this.#tree = tree;
    this.#sources = sources;
    this.#files = files;
    this.#report = report;
  }

  async read(
    requests: readonly ReadRequest[],
    accept: (file: ReadFile) => void,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const wanted: Wanted[] = [];
    for (const { pattern, maxBytes } of requests) {
      for (const path of this.#paths(bytesOf(pattern))) {
        const found = this.#lookUp(path, true);
        if (found !== null) wanted.push(...this.#requested(path, found, maxBytes, accept));
      }
    }
    wanted.sort((a, b) => a.node.layer - b.node.layer || a.node.offset - b.node.offset);
    for (const [number] of this.#sources) {
      const ofLayer = wanted.filter(({ node }) => node.layer === number);
      if (ofLayer.length > 0) await this.#readLayer(number, ofLayer, signal);
    }
  }

  async walk(visitor: TreeVisitor, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#walkTree(visitor, signal);
    for (const [number] of this.#sources) {
      const files = this.#tree.files.get(number) ?? [];
      if (files.length > 0) await this.#readLayer(number, wantedBy(visitor, files), signal);
    }
    if (await this.#files.haveChanged())
      this.#report.problem({
        code: 'UNFOLD_TORN',
        extractor: 'tree',
        message: 'the files of the image changed while it was read',
      });
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  /** Everything but files with bytes. */
  async #walkTree(visitor: TreeVisitor, signal: AbortSignal): Promise<void> {
    const pending: { directory: ImageNode; path: TreePath }[] = [{ directory: this.#tree.root, path: ROOT }];
    visitor.found(entryOf(ROOT, this.#tree.root), null);
    let untilTurn = ENTRIES_PER_TURN;
    for (let here = pending.pop(); here !== undefined; here = pending.pop()) {
      for (const [name, node] of here.directory.children ?? []) {
        if (node.type === 'file' && node.size > 0) continue;
        const path = childPath(here.path, name);
        if (node.children !== null) pending.push({ directory: node, path });
        const entry = entryOf(path, node);
        visitor.found(entry, node.type === 'file' && visitor.want(entry) > 0 ? { bytes: EMPTY } : null);
        untilTurn -= 1;
        if (untilTurn > 0) continue;
        await setImmediate();
        signal.throwIfAborted();
        untilTurn = ENTRIES_PER_TURN;
      }
    }
  }

  /** In the order in which they lie in the layer. */
  async #readLayer(number: number, wanted: Iterable<Wanted>, signal: AbortSignal): Promise<void> {
    const source = this.#sources.get(number);
    if (source === undefined) return;
    const reader = new LayerReader(source);
    try {
      for (const { node, maxBytes, accept } of wanted) {
        signal.throwIfAborted();
        const content = await reader.content(node, maxBytes);
        if ('why' in content)
          this.#problem(
            content.skip === 'torn' ? 'UNFOLD_TORN' : 'UNFOLD_UNREADABLE',
            bytesPathOf(node),
            content.why,
          );
        accept(content);
      }
    } finally {
      await reader.close();
    }
  }

  /** The paths that a pattern may name. */
  #paths(pattern: string): string[] {
    const slash = pattern.lastIndexOf('/');
    const last = pattern.slice(slash + 1);
    if (!last.includes('*')) return [pattern];
    const folder = pattern.slice(0, slash);
    const glob = globOf(last);
    const names = this.#lookUp(folder, true)?.node.children?.keys() ?? [];
    return [...names].filter((name) => glob.test(name)).map((name) => `${folder}/${name}`);
  }

  #lookUp(path: string, last: boolean): FoundNode | null {
    try {
      return lookUp(this.#tree.root, path, { last });
    } catch {
      this.#problem(
        'UNFOLD_UNREADABLE',
        path,
        'is reached by links that go round in circles, or by too long a path',
      );
      return null;
    }
  }

  /** Hands over what needs no reading; the rest is wanted. */
  #requested(asked: string, found: FoundNode, maxBytes: number, accept: (file: ReadFile) => void): Wanted[] {
    const { node, directory, name } = found;
    const file = { path: nameText(asked), entry: entryOf(pathOf(directory, name), node) };
    if (maxBytes === 0) accept({ ...file, content: { skip: 'not-read' } });
    else if (node.type !== 'file') {
      this.#problem('UNFOLD_UNREADABLE', asked, `is a ${node.type}, not a regular file`);
      accept({ ...file, content: { skip: 'unreadable' } });
    } else if (node.size === 0) accept({ ...file, content: { bytes: EMPTY } });
    else return [{ node, maxBytes, accept: (content) => accept({ ...file, content }) }];
    return [];
  }

  #problem(code: 'UNFOLD_UNREADABLE' | 'UNFOLD_TORN', path: string, message: string): void {
    this.#report.problem({ code, extractor: 'tree', path: nameText(path), message });
  }
}

/** Files of a layer as a visitor wants them, each name of theirs for itself. */
function* wantedBy(visitor: TreeVisitor, files: readonly ImageNode[]): Generator<Wanted, void> {
  for (const node of files) {
    for (const { directory, name } of node.names) {
      const entry = entryOf(pathOf(directory, name), node);
      const maxBytes = visitor.want(entry);
      if (maxBytes === 0) visitor.found(entry, null);
      else yield { node, maxBytes, accept: (content) => visitor.found(entry, content) };
    }
  }
}

function bytesPathOf({ first }: ImageNode): string {
  return first === null ? '/' : pathOf(first.directory, first.name).bytes;
}

/** Archives know of one time; whoever changes a file there changes the image, and its digest. */
function entryOf(path: TreePath, node: ImageNode): TreeEntry {
  const { type, size, mode, uid, gid, mtimeMs, inode, target } = node;
  return {
    path: path.text,
    ...(path.exact ? {} : { pathBytes: Buffer.from(path.bytes, 'latin1') }),
    type,
    size,
    mode,
    uid,
    gid,
    mtimeMs,
    ctimeMs: mtimeMs,
    inode,
    ...(target === null ? {} : { target: nameText(target) }),
  };
}
