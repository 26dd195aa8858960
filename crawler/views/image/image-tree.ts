// The tree that the layers of an image add up to: each is applied to what those below it left.
import { impliedDirectory, type ImageNode } from './image-node.ts';
import { lookUp, ownText, type FoundNode } from './image-paths.ts';
import type { LayerContent } from './layer-content.ts';

/** Told of a member that has no place in the tree: its path (bytes), and why. */
export type Refuse = (path: string, why: string) => void;

/** Layers are applied from the lowest on; then it is settled and only read. */
export class ImageTree {
  readonly root: ImageNode = impliedDirectory(0, 1);
  /** Set by `settle`: files with bytes, by layer, in the order in which they lie there. */
  readonly files = new Map<number, ImageNode[]>();
  #implied = 1;

  /** Takes away what the layer hides of those below, then adds what it brings: its order says nothing about that. */
  apply({ hidden, members }: LayerContent, refuse: Refuse): void {
    for (const { directory, name } of hidden) {
      const children = attempt(directory, refuse, () => lookUp(this.root, directory, { last: true }))?.node
        .children;
      if (name === null) children?.clear();
      else children?.delete(name);
    }
    for (const { path, node, link } of members)
      attempt(path, refuse, () => {
        const added = link === null ? node : this.#linked(link);
        if (added === null) refuse(path, 'is a link to a file that is not in the image');
        else if (!this.#add(path, added)) refuse(path, 'lies in something that is no directory');
      });
  }

  /** Names everything by where it is. */
  settle(): void {
    const pending = [this.root];
    for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
      for (const [name, node] of directory.children ?? []) {
        const isNew = node.first === null;
        node.named(directory, name);
        if (node.children !== null) pending.push(node);
        else if (isNew && node.type === 'file' && node.size > 0) this.#note(node);
      }
    }
    for (const files of this.files.values()) files.sort((a, b) => a.offset - b.offset);
  }

  #note(file: ImageNode): void {
    const files = this.files.get(file.layer) ?? [];
    this.files.set(file.layer, files);
    files.push(file);
  }

  #linked(link: string): ImageNode | null {
    const node = lookUp(this.root, link, { last: false })?.node;
    return node === undefined || node.children !== null ? null : node;
  }

  /** False where there is no place for it. */
  #add(path: string, node: ImageNode): boolean {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (name === '') {
      if (node.children !== null) this.root.restate(node);
      return node.children !== null;
    }
    const { children } = this.#directory(path.slice(0, Math.max(0, slash)), node.layer)?.node ?? {
      children: null,
    };
    if (children === null) return false;
    const known = children.get(name);
    if (known?.children != null && node.children !== null) known.restate(node);
    else children.set(ownText(name), node);
    return true;
  }

  /** The directory at a path, made where it is missing. */
  #directory(path: string, layer: number): FoundNode | null {
    const make = (): ImageNode => {
      this.#implied += 1;
      // Beyond all that a layer has.
      return impliedDirectory(layer, 2 ** 31 + this.#implied);
    };
    return lookUp(this.root, path, { last: true, make });
  }
}

function attempt<T>(path: string, refuse: Refuse, act: () => T): T | null {
  try {
    return act();
  } catch {
    refuse(path, 'is reached by links that lead nowhere, or by too long a path');
    return null;
  }
}
