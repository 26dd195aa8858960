// What lies right below a directory of a system: its files, and the directories with how much is below them.
import type { DirectoryAnswer } from '../schemas/api.ts';
import type { FileEntry } from '../schemas/entries.ts';
import type { AskableIndex } from './restricted.ts';

/** How to list. */
export interface DirectoryOptions {
  /** Absolute, `/` at the top. */
  readonly path: string;
  /** The instant to answer for; null means now. */
  readonly at: Date | null;
  /** Names listed. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

type Child = DirectoryAnswer['children'][number];

/**
 * Lists a directory of the system with this id, by name; one that no crawl read itself is there by what is below it.
 * Throws UNFOLD_SYSTEM_UNKNOWN.
 */
export async function listDirectory(
  engine: AskableIndex,
  system: string,
  { path, at, limit, signal }: DirectoryOptions,
): Promise<DirectoryAnswer> {
  const started = performance.now();
  const instant = at?.toISOString() ?? null;
  const top = path.replace(/\/+$/, '');
  const begin = `${top}/`;
  const children = new Map<string, Child>();
  const facts = engine.facts(system, { span: { at: instant }, texts: false, feature: 'file' }, signal);
  for await (const { key, entry } of facts) {
    if (!key.startsWith(begin)) {
      if (isBehind(key, begin)) break;
      continue;
    }
    if (key.length > begin.length) addChild(children, begin, key, entry as FileEntry);
  }
  const all = [...children.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    schema: 'unfold.directory/1',
    at: instant ?? new Date().toISOString(),
    tookMs: Math.round((performance.now() - started) * 10) / 10,
    system,
    path: top === '' ? '/' : top,
    children: all.slice(0, limit),
    more: Math.max(0, all.length - limit),
  };
}

/** Facts come by the UTF-8 bytes of their keys. */
function isBehind(key: string, begin: string): boolean {
  return Buffer.compare(Buffer.from(key.slice(0, begin.length)), Buffer.from(begin)) > 0;
}

function addChild(children: Map<string, Child>, begin: string, key: string, entry: FileEntry): void {
  const end = key.indexOf('/', begin.length);
  const name = key.slice(begin.length, end < 0 ? undefined : end);
  const child = children.get(name) ?? { name, type: 'dir', below: 0 };
  children.set(name, child);
  if (end >= 0) {
    child.below++;
    return;
  }
  const { type, size, mode, owner, mtime, target_path } = entry;
  Object.assign(child, { type, size, mode, owner, mtime, target_path });
}
