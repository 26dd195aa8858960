// How the oracle keeps frames, and what it says of a system at an instant.
import { isDeepStrictEqual } from 'node:util';
import type { FrameLine, SystemState } from '../../../indexer/engines/search-engine.ts';
import type { EntryLine, FrameEnd } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import type { WholeFrame } from './oracle-facts.ts';

/** A frame with what the index adds to it: the problems that it found itself, and counts of distinct entries. */
export type StoredFrame = WholeFrame;

/** Makes one of a whole frame's lines. */
export function stored(lines: readonly FrameLine[]): StoredFrame {
  const header = lines.flatMap((line) => ('header' in line ? [line.header] : []))[0]!;
  const entries = lines.flatMap((line) => ('line' in line ? [line.line] : []));
  const own = lines.flatMap((line) => ('problem' in line ? [line.problem] : []));
  const end = lines.flatMap((line) => ('end' in line ? [line.end] : []))[0]!;
  const at = Date.parse(header.at);
  if (end.status === 'failed') return { header, entries: [], problems: own, end, at };
  const { distinct, twice } = sorted(entries);
  const problems = [...own, ...twice.map(malformed)];
  const counts: FrameEnd['counts'] = Object.fromEntries(header.features.map((feature) => [feature, 0]));
  for (const { feature } of distinct) counts[feature] = (counts[feature] ?? 0) + 1;
  const status = twice.length > 0 ? ('partial' as const) : end.status;
  return {
    header,
    entries: distinct,
    problems,
    end: { ...end, counts, status, problems: problems.length },
    at,
  };
}

/** The first entry of each key, and those keys of which there is another. */
function sorted(entries: readonly EntryLine[]): { distinct: EntryLine[]; twice: string[] } {
  const distinct: EntryLine[] = [];
  const twice: string[] = [];
  for (const line of entries) {
    const first = distinct.find(({ feature, key }) => feature === line.feature && key === line.key);
    if (first === undefined) distinct.push(line);
    else if (!isDeepStrictEqual(first.entry, line.entry)) twice.push(line.key);
  }
  return { distinct, twice };
}

function malformed(path: string): Problem {
  const message = 'the frame has two entries of this key; the first was kept';
  return { code: 'UNFOLD_MALFORMED', extractor: 'indexer', path, message };
}

/** The system at an instant; null where no frame of it is known by then. */
export function stateAt(frames: readonly StoredFrame[], at: string | null): SystemState | null {
  const known = frames.filter((frame) => at === null || frame.at <= Date.parse(at));
  const newest = (failed: boolean) =>
    known
      .filter(({ end }) => (end.status === 'failed') === failed)
      .reduce<StoredFrame | null>(
        (best, frame) => (best === null || frame.at >= best.at ? frame : best),
        null,
      );
  const [frame, failed] = [newest(false), newest(true)];
  const any = frame ?? failed;
  if (any === null) return null;
  const failure = failed !== null && (frame === null || failed.at > frame.at) ? failed : null;
  return {
    system: any.header.system,
    frame: frame === null ? null : { header: frame.header, end: frame.end, problems: frame.problems },
    failure:
      failure === null ? null : { at: new Date(failure.at).toISOString(), ...reason(failure.problems) },
  };
}

function reason(problems: readonly Problem[]): { code: string; reason: string } {
  const problem = problems.find(({ path }) => path === undefined) ?? problems[0];
  if (problem === undefined) return { code: 'UNFOLD_CRAWL_CRASHED', reason: 'the frame gives no reason' };
  return { code: problem.code, reason: problem.message };
}
