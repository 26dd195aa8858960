// unfold frame show: a frame, or the state of a system, as one JSON document.
import { statSync } from 'node:fs';
import type { Feature } from '../../schemas/entries.ts';
import type { FrameEnd, FrameHeader } from '../../schemas/frame.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { SearchEngine } from '../../indexer/engines/search-engine.ts';
import { readFrame } from '../../indexer/frame-reader.ts';
import { systemNamed } from '../../query/system-named.ts';
import { asUnfoldError, EXIT } from '../failure.ts';
import { bytesOf, splitFrames } from '../frame-files.ts';
import { FrameParts } from '../frame-parts.ts';
import { withIndex } from '../index-reader.ts';
import type { GlobalOptions } from '../settings.ts';
import { print, toJson } from '../terminal.ts';
import { instantOption } from './values.ts';

type Options = GlobalOptions & { at?: string };

/** Prints the document (of a file with several frames: one per frame); returns the exit status. */
export async function frameShowCommand(shown: string, options: Options): Promise<number> {
  const at = instantOption(options.at);
  if (isFile(shown)) await showFile(shown);
  else
    await withIndex(options, (engine) => showSystem(engine, shown, at?.toISOString() ?? null)).catch(
      (error: unknown) => {
        throw neither(shown, error);
      },
    );
  return EXIT.found;
}

/** A folder may have the name of a system. */
function isFile(shown: string): boolean {
  const stats = statSync(shown, { throwIfNoEntry: false });
  return shown === '-' || (stats !== undefined && !stats.isDirectory());
}

/** Entries of a feature need not stand together in a frame, in the document they do: parts wait in temporary files. */
async function showFile(file: string): Promise<void> {
  for await (const bytes of splitFrames(bytesOf(file))) {
    using parts = new FrameParts();
    let header: FrameHeader | undefined;
    for await (const line of readFrame(bytes)) {
      if ('header' in line) header = line.header;
      else if ('line' in line)
        parts.add(line.line.feature, `${toJson(line.line.key)}:${toJson(line.line.entry)}`);
      else if ('removed' in line) parts.add('removed', toJson(line.removed));
      else if ('problem' in line) parts.add('problem', toJson(line.problem));
      else if (header !== undefined) printDocument(header, line.end, parts);
    }
  }
}

/** `removed` stands in deltas alone. */
function printDocument(header: FrameHeader, end: FrameEnd, parts: FrameParts): void {
  const part = (name: string, [open, close]: readonly [string, string]): void => {
    print(`,${toJson(name)}:${open}`);
    for (const chunk of parts.read(name)) print(chunk);
    print(close);
  };
  print(`{"_frame":${frameJson(header, end)}`);
  for (const feature of header.features) part(feature, ['{', '}']);
  part('problem', ['[', ']']);
  if (header.base !== undefined) part('removed', ['[', ']']);
  print('}\n');
}

async function showSystem(engine: SearchEngine, named: string, at: string | null): Promise<void> {
  const signal = new AbortController().signal;
  const { system, frame } = systemNamed(await engine.systems(at, signal), named);
  if (frame === null)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `No crawl of ${system.id} has succeeded.`, {
      remedy: '`unfold systems` says why; crawl it again.',
    });
  print(`{"_frame":${frameJson(frame.header, frame.end)}`);
  const empty = new Set(frame.header.features);
  let feature: Feature | null = null;
  for await (const fact of engine.facts(system.id, { span: { at }, texts: true }, signal)) {
    const isFirst = fact.feature !== feature;
    if (isFirst) print(`${feature === null ? '' : '}'},${toJson(fact.feature)}:{`);
    feature = fact.feature;
    empty.delete(feature);
    print(`${isFirst ? '' : ','}${toJson(fact.key)}:${toJson(fact.entry)}`);
  }
  if (feature !== null) print('}');
  for (const name of empty) print(`,${toJson(name)}:{}`);
  print(`,"problem":${toJson(frame.problems)}}\n`);
}

function frameJson(header: FrameHeader, end: FrameEnd): string {
  return toJson({ ...header, ...end });
}

/** What is written like a path was meant as one: a missing index is not what is wrong then. */
function neither(shown: string, error: unknown): UnfoldError {
  const failure = asUnfoldError(error);
  if (failure.code !== 'UNFOLD_DATA_MISSING' || !/[/.]/.test(shown)) return failure;
  return new UnfoldError(
    'UNFOLD_PATH_MISSING',
    `There is no frame file ${shown}, and no index that could know it.`,
    {
      remedy: 'Check the path, or name the data folder with --data.',
    },
  );
}
