// unfold saved: named searches, which are watched.
import { readFileSync } from 'node:fs';
import { SavedFile, shownSearch } from '../../query/saved/saved-file.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { ShownSavedSearch } from '../../schemas/saved-search.ts';
import { EXIT } from '../failure.ts';
import { makeDataFolder, settings, type GlobalOptions } from '../settings.ts';
import { harmless, paint, print, toJson } from '../terminal.ts';

type Options = GlobalOptions & { json?: boolean };

/** Options of `saved add`. */
export interface SavedAddOptions extends Options {
  webhook?: string;
  secretFile?: string;
}

/** Saves a query under a name; returns the exit status. Throws UNFOLD_USAGE, UNFOLD_PATH_UNREADABLE. */
export async function savedAddCommand(
  name: string,
  query: string,
  options: SavedAddOptions,
): Promise<number> {
  const { webhook: url, secretFile } = options;
  if (url === undefined && secretFile !== undefined)
    throw new UnfoldError('UNFOLD_USAGE', '--secret-file is for events that go to a --webhook.');
  const secret = secretFile === undefined ? null : secretIn(secretFile);
  const file = await savedFile(options);
  const saved = file.save(name, { query, webhook: url === undefined ? null : { url, secret } }, new Date());
  tell(shownSearch(saved), options);
  return EXIT.found;
}

/** Prints the saved searches; returns the exit status: 1 if there are none. */
export async function savedListCommand(options: Options): Promise<number> {
  const searches = (await savedFile(options)).searches().map(shownSearch);
  if (options.json === true) print(`${toJson({ searches })}\n`);
  else for (const search of searches) print(`${searchText(search)}\n`);
  return searches.length > 0 ? EXIT.found : EXIT.none;
}

/** Prints one; returns the exit status. Throws UNFOLD_SAVED_UNKNOWN. */
export async function savedShowCommand(name: string, options: Options): Promise<number> {
  tell(shownSearch((await savedFile(options)).named(name)), options);
  return EXIT.found;
}

/** Removes one; returns the exit status. Throws UNFOLD_SAVED_UNKNOWN. */
export async function savedRemoveCommand(name: string, options: Options): Promise<number> {
  tell(shownSearch((await savedFile(options)).remove(name)), options);
  return EXIT.found;
}

async function savedFile(options: Options): Promise<SavedFile> {
  const { dataFolder } = await settings(options);
  makeDataFolder(dataFolder);
  return new SavedFile(dataFolder);
}

/** Without the line end that editors put behind it. */
function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new UnfoldError(
      'UNFOLD_PATH_UNREADABLE',
      `The secret cannot be read: ${(cause as Error).message}.`,
      {
        remedy: 'Name a file that you may read.',
        cause,
      },
    );
  }
}

function tell(search: ShownSavedSearch, { json }: Options): void {
  print(json === true ? `${toJson(search)}\n` : `${searchText(search)}\n`);
}

function searchText({ name, query, webhook, changed }: ShownSavedSearch): string {
  const receiver =
    webhook == null ? 'stdout' : `${webhook.url}${webhook.signed ? ', signed' : ', not signed'}`;
  const about = paint('dim', `to ${harmless(receiver)} · saved ${changed}`);
  return `${paint('bold', name)}  ${harmless(query)}\n   ${about}`;
}
