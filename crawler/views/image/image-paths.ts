// Finds paths in an image as the system's own programs would: links are followed, and never lead out of it.
import { childPath, ROOT, type TreePath } from '../tree/entry.ts';
import type { ImageNode } from './image-node.ts';

/** As Linux has it. */
const MOST_LINKS = 40;
const MOST_PATH_BYTES = 4096;

/** What stands at a path: in `directory` by `name`; the top is in itself, without a name. */
export interface FoundNode {
  readonly node: ImageNode;
  readonly directory: ImageNode;
  readonly name: string;
}

/** How to look. */
export interface LookOptions {
  /** Whether a link at the very end is followed, too. */
  readonly last: boolean;
  /** Makes the directory that is missing on the way. */
  readonly make?: ChildMaker;
}
type ChildMaker = () => ImageNode;

/** What stands at a path of bytes; null: nothing. Throws an error with code ELOOP or ENAMETOOLONG. */
export function lookUp(root: ImageNode, path: string, { last, make }: LookOptions): FoundNode | null {
  const top: FoundNode = { node: root, directory: root, name: '' };
  const way = [top];
  const pending = components(path);
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const directory = (way.at(-1) ?? top).node;
    if (name === '..') {
      way.pop();
      continue;
    }
    const node = childOf(directory, name, make);
    if (node === null) return null;
    if (node.target === null || (pending.length === 0 && !last)) way.push({ node, directory, name });
    else {
      links += 1;
      if (links > MOST_LINKS) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
      if (node.target.startsWith('/')) way.length = 0;
      pending.push(...components(node.target));
    }
  }
  return way.at(-1) ?? top;
}

function childOf({ children }: ImageNode, name: string, make: ChildMaker | undefined): ImageNode | null {
  if (children === null) return null;
  const known = children.get(name);
  if (known !== undefined || make === undefined) return known ?? null;
  const made = make();
  children.set(ownText(name), made);
  return made;
}

/** Without the whole path, of which V8 lets a part of it hold on to. */
export function ownText(name: string): string {
  return Buffer.from(name, 'latin1').toString('latin1');
}

/** Those that mean something, the last first. */
function components(path: string): string[] {
  if (path.length > MOST_PATH_BYTES) throw Object.assign(new Error('a long path'), { code: 'ENAMETOOLONG' });
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .reverse();
}

/** The path of a name; of the top without one. */
export function pathOf(directory: ImageNode, name: string): TreePath {
  const names = name === '' ? [] : [name];
  for (let here = directory.first; here !== null; here = here.directory.first) names.push(here.name);
  return names.reduceRight(childPath, ROOT);
}
