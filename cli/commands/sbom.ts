// unfold sbom: the software of a system as a bill of materials.
import { sbom, type SbomFormat } from '../../query/sbom/document.ts';
import { EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { version } from '../package.ts';
import type { GlobalOptions } from '../settings.ts';
import { harmless, printAll, say, toJson } from '../terminal.ts';
import { instantOption } from './values.ts';

/** Options of the command. */
export interface SbomCommandOptions extends GlobalOptions {
  format: SbomFormat;
  at?: string;
  files?: boolean;
}

/** Prints the document; returns the exit status: 3 where software may be missing from it. */
export async function sbomCommand(named: string, options: SbomCommandOptions): Promise<number> {
  const at = instantOption(options.at);
  return withIndex(options, async (engine, { staleAfterHours }) => {
    const { subject, text } = await sbom(engine, named, {
      at,
      format: options.format,
      files: options.files === true,
      tool: { name: 'unfold', version: version() },
      staleAfterHours,
      toJson,
      signal: new AbortController().signal,
    });
    await printAll(text);
    for (const gap of [...subject.gaps, ...subject.age]) say(`notice: ${harmless(gap)}`);
    return subject.gaps.length > 0 ? EXIT.incomplete : EXIT.found;
  });
}
