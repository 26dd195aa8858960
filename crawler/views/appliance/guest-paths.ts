// Finds known paths in the guest: links are followed by what the appliance lists, never by the appliance itself.
import { bytesOf } from '../tree/names.ts';
import type { Guest } from './guest.ts';
import type { Listed } from './listing.ts';

/** As Linux has it. */
const MOST_LINKS = 40;
/** Each round follows one more link of every path. */
const MOST_ROUNDS = 64;
const MOST_DIRECTORIES = 400;
const LIST_MS = 900_000;
/** Tells a pattern from a name, which cannot hold it. */
const GLOB = '\0';

/** Where a path leads: to an entry, to nothing, in circles, or it is not known yet. Paths are bytes (latin1). */
type Outcome = { readonly found: Listed } | 'absent' | 'loop' | 'unknown';

/** A path as asked, and what stands there; `null`: its links go round in circles. */
export interface Answer {
  readonly path: string;
  readonly found: Listed | null;
}

/** Resolves paths by listing the directories they lead through, and nothing else. */
export class GuestPaths {
  readonly #guest: Guest;
  readonly #known = new Map<string, Listed>();
  /** Names in a directory that were looked for: name or pattern → what was found. */
  readonly #asked = new Map<string, Map<string, Listed[]>>();
  /** What the next round looks for. */
  #open = new Map<string, Set<string>>();

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** What each pattern names, in no particular order. `*` stands for any run of characters in the last component. */
  async answers(patterns: readonly string[]): Promise<Map<string, Answer[]>> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const answers = new Map<string, Answer[]>();
      for (const pattern of patterns) answers.set(pattern, this.#answer(bytesOf(pattern)));
      if (this.#open.size === 0) return answers;
      await this.#look();
    }
    return new Map(patterns.map((pattern) => [pattern, [{ path: bytesOf(pattern), found: null }]]));
  }

  #answer(pattern: string): Answer[] {
    const slash = pattern.lastIndexOf('/');
    const last = pattern.slice(slash + 1);
    if (!last.includes('*')) return this.#one(pattern);
    const folder = pattern.slice(0, slash);
    const directory = this.#resolve(folder, GLOB + last);
    if (directory === 'loop') return [{ path: pattern, found: null }];
    if (typeof directory === 'string' || directory.found.entry.type !== 'dir') return [];
    return this.#namesIn(directory.found.bytes, GLOB + last).flatMap((found) =>
      this.#one(`${folder}/${found.bytes.slice(found.bytes.lastIndexOf('/') + 1)}`),
    );
  }

  #one(path: string): Answer[] {
    const outcome = this.#resolve(path);
    if (outcome === 'loop') return [{ path, found: null }];
    return typeof outcome === 'string' ? [] : [{ path, found: outcome.found }];
  }

  #resolve(path: string, then?: string): Outcome {
    const pending = path.split('/').reverse();
    let way: string[] = [];
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (name === '..') way.pop();
      if (isNoName(name)) continue;
      const [found] = this.#namesIn(pathOf(way), name, [...pending].reverse(), then);
      if (found === undefined) return this.#open.size > 0 ? 'unknown' : 'absent';
      if (found.target !== null) {
        links += 1;
        if (links > MOST_LINKS) return 'loop';
        if (found.target.startsWith('/')) way = [];
        pending.push(...found.target.split('/').reverse());
      } else if (found.entry.type === 'dir') way.push(name);
      else return pending.every((rest) => rest === '' || rest === '.') ? { found } : 'absent';
    }
    const found = this.#known.get(pathOf(way));
    return found === undefined ? this.#unknown(pathOf(way)) : { found };
  }

  /** The root itself comes with any listing. */
  #unknown(directory: string): Outcome {
    this.#ask(directory, '');
    return 'unknown';
  }

  /** What a name or pattern names in a real directory; where that is not known it is asked for, and what probably follows. */
  #namesIn(
    directory: string,
    name: string,
    following: readonly string[] = [],
    then?: string,
  ): readonly Listed[] {
    const found = this.#asked.get(directory)?.get(name);
    if (found !== undefined) return found;
    let at = directory;
    for (const one of [name, ...following, ...(then === undefined ? [] : [then])]) {
      if (one === '..') break;
      if (isNoName(one)) continue;
      this.#ask(at, one);
      at = at === '/' ? `/${one}` : `${at}/${one}`;
    }
    return [];
  }

  #ask(directory: string, name: string): void {
    const names = this.#open.get(directory) ?? new Set();
    this.#open.set(directory, names.add(name));
  }

  async #look(): Promise<void> {
    const open = new Map([...this.#open].slice(0, MOST_DIRECTORIES));
    this.#open = new Map();
    const entered = new Set(['.']);
    for (const directory of open.keys()) {
      const names = directory.split('/').slice(1);
      for (let depth = 1; depth <= names.length; depth++) {
        entered.add(directory === '/' ? '.' : `./${names.slice(0, depth).join('/')}`);
      }
    }
    const listing = await this.#guest.list(
      (print) => `${print} \\( ${[...entered].map(pathTest).join(' -o ')} -o -prune \\)`,
      LIST_MS,
    );
    for (const [directory, names] of open) {
      const asked = this.#asked.get(directory) ?? new Map<string, Listed[]>();
      this.#asked.set(directory, asked);
      for (const name of names) if (!asked.has(name)) asked.set(name, []);
    }
    const globs = new Map(
      [...open].map(([directory, names]) => [directory, [...names].filter(isGlob).map(globOf)]),
    );
    for (const found of listing) this.#keep(found, open, globs);
  }

  #keep(
    found: Listed,
    open: ReadonlyMap<string, ReadonlySet<string>>,
    globs: ReadonlyMap<string, readonly Glob[]>,
  ): void {
    const { bytes } = found;
    if (bytes === '/') this.#known.set('/', found);
    const slash = bytes.lastIndexOf('/');
    const directory = slash === 0 ? '/' : bytes.slice(0, slash);
    const name = bytes.slice(slash + 1);
    const asked = this.#asked.get(directory);
    const add = (key: string): void => {
      asked?.get(key)?.push(found);
      this.#known.set(bytes, found);
    };
    if (open.get(directory)?.has(name) === true) add(name);
    for (const { key, test } of globs.get(directory) ?? []) {
      if (!test.test(name)) continue;
      add(key);
      // The name by itself is known now, too.
      if (asked !== undefined && !asked.has(name)) asked.set(name, [found]);
    }
  }
}

interface Glob {
  readonly key: string;
  readonly test: RegExp;
}

/** True for what names nothing within its directory. */
function isNoName(name: string): boolean {
  return name === '' || name === '.' || name === '..';
}

function isGlob(name: string): boolean {
  return name.startsWith(GLOB);
}

function globOf(key: string): Glob {
  const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const test = new RegExp(`^${key.slice(GLOB.length).split('*').map(literal).join('.*')}$`, 's');
  return { key, test };
}

function pathOf(way: readonly string[]): string {
  return `/${way.join('/')}`;
}

/** find's -path takes a pattern, the shell a word. */
function pathTest(path: string): string {
  const pattern = path.replace(/[\\*?[\]]/g, '\\$&');
  return `-path '${pattern.replaceAll("'", String.raw`'\''`)}'`;
}
