// unfold diff: two states of a system, or two systems, and what differs.
import { compare, COMPARED_FEATURES, counted, type ComparisonUnderWay } from '../../query/compare/compare.ts';
import { comparisonJson } from '../../query/compare/comparison-json.ts';
import type { ChangeCounts } from '../../schemas/comparison.ts';
import type { Feature } from '../../schemas/entries.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { changeText, endsText, summaryText } from '../output/comparison-text.ts';
import { paint, print, toJson } from '../terminal.ts';
import type { GlobalOptions } from '../settings.ts';
import { instantOption } from './values.ts';

/** Options of the command. */
export interface DiffCommandOptions extends GlobalOptions {
  from?: string;
  to?: string;
  at?: string;
  feature?: string;
  path?: string;
  stat?: boolean;
  all?: boolean;
  json?: boolean;
}

/** Prints what differs; returns the exit status, as diff(1) has it. */
export async function diffCommand(
  system: string,
  other: string | null,
  options: DiffCommandOptions,
): Promise<number> {
  const asked = endsOf(system, other, options);
  const features = featuresOf(options);
  return withIndex(options, async (engine, { staleAfterHours }) => {
    const comparison = await compare(engine, asked, {
      features,
      path: options.path ?? null,
      minor: options.all === true,
      texts: options.stat !== true,
      staleAfterHours,
      signal: new AbortController().signal,
    });
    const counts = await (options.json === true ? printJson : printText)(comparison, options);
    if (Object.keys(counts).length > 0) return EXIT.none;
    return comparison.complete ? EXIT.found : EXIT.incomplete;
  });
}

type AskedEnds = Parameters<typeof compare>[1];

function endsOf(system: string, other: string | null, options: DiffCommandOptions): AskedEnds {
  const { from, to, at } = options;
  if (at !== undefined && (other === null || from !== undefined || to !== undefined))
    throw new UnfoldError('UNFOLD_USAGE', '--at is the instant at which two systems are compared.', {
      remedy: 'Name two systems with --at, or the instants of the ends with --from and --to.',
    });
  const both = instantOption(at);
  const first = instantOption(from, '--from') ?? both;
  const isBefore = other === null && from === undefined;
  return {
    from: { system, at: isBefore ? 'before' : first },
    to: { system: other ?? system, at: instantOption(to, '--to') ?? both },
  };
}

/** A path is one of files. */
function featuresOf({ feature, path }: DiffCommandOptions): Feature[] | null {
  if (feature === undefined) return path === undefined ? null : ['file'];
  return feature.split(',').map((name) => {
    const known = COMPARED_FEATURES.find((one) => one === name.trim());
    if (known !== undefined) return known;
    throw new UnfoldError('UNFOLD_USAGE', `--feature: there is no feature ${name}.`, {
      remedy: `Choose from ${COMPARED_FEATURES.join(', ')}.`,
    });
  });
}

async function printJson(comparison: ComparisonUnderWay): Promise<ChangeCounts> {
  const counts: ChangeCounts = {};
  for await (const piece of comparisonJson(comparison, counts, toJson)) print(piece);
  return counts;
}

async function printText(
  { changes, ...about }: ComparisonUnderWay,
  { stat }: DiffCommandOptions,
): Promise<ChangeCounts> {
  const counts: ChangeCounts = {};
  print(endsText(about));
  let feature: Feature | null = null;
  for await (const change of counted(changes, counts)) {
    if (stat === true) continue;
    if (change.feature !== feature) print(`\n${paint('bold', change.feature)}\n`);
    feature = change.feature;
    print(changeText(change, about.to.frame.at));
  }
  print(`\n${summaryText(about, counts)}`);
  return counts;
}
