// unfold index status: what is in the index.
import type { IndexStatus } from '../../indexer/engines/index-keeping.ts';
import { EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { bytes, count } from '../output/figures.ts';
import type { GlobalOptions } from '../settings.ts';
import { print, toJson } from '../terminal.ts';

/** Prints it; returns the exit status. */
export async function indexStatusCommand(options: GlobalOptions & { json?: boolean }): Promise<number> {
  const status = await withIndex(options, (index) => index.status(new AbortController().signal));
  print(
    options.json === true
      ? `${toJson({ schema: 'unfold.index-status/1', ...status })}\n`
      : statusText(status),
  );
  return EXIT.found;
}

function statusText({ engine, format, systems, frames, facts, contents, ...rest }: IndexStatus): string {
  const span = rest.oldest === null || rest.newest === null ? '' : `, ${rest.oldest} to ${rest.newest}`;
  return [
    `engine    ${engine}, format ${format}`,
    `systems   ${systems.toLocaleString('en-US')}`,
    `frames    ${frames.toLocaleString('en-US')}${span}`,
    `facts     ${facts.current.toLocaleString('en-US')} hold, ${facts.past.toLocaleString('en-US')} ended`,
    `texts     ${count(contents.count, 'text')}, ${bytes(contents.bytes)}`,
    `size      ${bytes(rest.bytes)}`,
    '',
  ].join('\n');
}
