// What a lookup is asked for: arguments, and lines of a file or of standard input.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UnfoldError } from '../../schemas/error.ts';
import { LONGEST_ASKED, MAX_ASKED } from '../../query/lookup/term.ts';

/**
 * The items of a lookup: arguments, of which `-` stands for the lines of standard input, then the lines of a file. What
 * follows a # is a comment. Throws UNFOLD_USAGE, UNFOLD_PATH_MISSING, UNFOLD_PATH_UNREADABLE.
 */
export async function askedItems(given: readonly string[], file: string | undefined): Promise<string[]> {
  const items: string[] = [];
  for (const item of given) items.push(...(item === '-' ? await itemsIn(process.stdin, item) : [item]));
  if (file === '-') items.push(...(await itemsIn(process.stdin, file)));
  else if (file !== undefined) items.push(...(await itemsIn(createReadStream(file), file)));
  if (items.length > 0) return items;
  throw new UnfoldError('UNFOLD_USAGE', 'There is nothing to look up.', {
    remedy: 'Name addresses, networks, ranges, host names or ports, or a file of them with --file.',
  });
}

/** Stops reading where a lookup would refuse what it has. */
async function itemsIn(input: NodeJS.ReadableStream, name: string): Promise<string[]> {
  const items: string[] = [];
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const item = line
        .replace(/^\ufeff/, '')
        .replace(/(?:^|\s)#.*$/, '')
        .trim();
      if (item !== '') items.push(item.slice(0, LONGEST_ASKED + 1));
      if (items.length > MAX_ASKED) break;
    }
  } catch (error) {
    throw readError(error, name);
  }
  return items;
}

function readError(error: unknown, file: string): UnfoldError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new UnfoldError('UNFOLD_PATH_MISSING', `there is no file ${file}`);
  return new UnfoldError('UNFOLD_PATH_UNREADABLE', `${file} cannot be read: ${message}`, { cause: error });
}
