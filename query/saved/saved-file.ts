// The saved searches of a data folder: a file for its owner alone, read again whenever it changes.
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../schemas/error.ts';
import {
  SavedSearch,
  SavedSearchList,
  type ShownSavedSearch,
  type Webhook,
} from '../../schemas/saved-search.ts';
import { parse } from '../language/parse.ts';

const NAME = 'saved-searches.json';
/** How long a writer waits for another. */
const PATIENCE_MS = 10_000;

/** What is saved under a name. A `secret` that is left out stays what it was for the same URL. */
export interface WantedSearch {
  readonly query: string;
  readonly webhook: { readonly url: string; readonly secret?: string | null | undefined } | null;
}

/** The saved searches of one data folder. */
export class SavedFile {
  readonly #file: string;
  #read: { readonly stamp: string; readonly searches: readonly SavedSearch[] } | null = null;

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, NAME);
  }

  /** All of them, by name. Throws UNFOLD_DATA_CORRUPT. */
  searches(): readonly SavedSearch[] {
    const stats = statSync(this.#file, { throwIfNoEntry: false, bigint: true });
    const stamp = stats === undefined ? '' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
    if (this.#read?.stamp !== stamp)
      this.#read = { stamp, searches: stats === undefined ? [] : readSearches(this.#file) };
    return this.#read.searches;
  }

  /** The one with a name. Throws UNFOLD_SAVED_UNKNOWN. */
  named(name: string): SavedSearch {
    const found = this.searches().find((search) => search.name === name);
    if (found !== undefined) return found;
    throw new UnfoldError('UNFOLD_SAVED_UNKNOWN', `There is no saved search ${JSON.stringify(name)}.`);
  }

  /** Saves a query under a name, in place of what had it. Throws UNFOLD_USAGE, UNFOLD_QUERY_TOO_LONG. */
  save(name: string, { query, webhook }: WantedSearch, now: Date): SavedSearch {
    parse(query);
    return this.#change((searches) => {
      const before = searches.find((search) => search.name === name);
      const saved = SavedSearch.safeParse({
        name,
        query,
        webhook: webhook && { url: webhook.url, secret: secretOf(webhook, before) },
        changed: now.toISOString(),
      });
      if (!saved.success) throw invalid(saved.error.issues[0]);
      const others = searches.filter((search) => search !== before);
      return {
        searches: [...others, saved.data].sort((a, b) => (a.name < b.name ? -1 : 1)),
        result: saved.data,
      };
    });
  }

  /** Removes the one with a name. Throws UNFOLD_SAVED_UNKNOWN. */
  remove(name: string): SavedSearch {
    return this.#change((searches) => {
      const result = this.named(name);
      return { searches: searches.filter((search) => search.name !== name), result };
    });
  }

  /** One writer at a time, also of several processes; a reader sees the file before or after. */
  #change<T>(change: (searches: readonly SavedSearch[]) => { searches: SavedSearch[]; result: T }): T {
    // A database in which nothing is: its lock ends with the process that holds it, however that ends.
    const lock = new DatabaseSync(`${this.#file}.lock`, { timeout: PATIENCE_MS });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      const { searches, result } = change(this.searches());
      const list: SavedSearchList = { schema: 'unfold.saved-searches/1', searches };
      const whole = `${this.#file}.${randomUUID()}`;
      writeFileSync(whole, `${JSON.stringify(list, null, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(whole, this.#file);
      return result;
    } finally {
      lock.close();
    }
  }
}

/** A saved search for somebody to read. */
export function shownSearch({ name, query, webhook, changed }: SavedSearch): ShownSavedSearch {
  return { name, query, webhook: webhook && { url: webhook.url, signed: webhook.secret !== null }, changed };
}

function secretOf(
  { url, secret }: NonNullable<WantedSearch['webhook']>,
  before: SavedSearch | undefined,
): Webhook['secret'] {
  if (secret !== undefined) return secret;
  return before?.webhook?.url === url ? before.webhook.secret : null;
}

function invalid(issue: { path: PropertyKey[]; message: string } | undefined): UnfoldError {
  const place = issue?.path.map(String) ?? [];
  const what = [...place, issue?.message ?? 'not right'].join(': ');
  return new UnfoldError('UNFOLD_USAGE', `saved search: ${what}`, {
    remedy: 'Correct it; `unfold saved add --help` shows examples.',
    place: { parameter: place.at(-1) ?? 'name' },
  });
}

function readSearches(file: string): readonly SavedSearch[] {
  try {
    return SavedSearchList.parse(JSON.parse(readFileSync(file, 'utf8'))).searches;
  } catch (cause) {
    throw new UnfoldError('UNFOLD_DATA_CORRUPT', `${file} is no list of saved searches`, {
      remedy: 'Restore it from a backup, or remove it and save the searches anew.',
      cause,
    });
  }
}
