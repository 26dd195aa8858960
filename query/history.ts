// The frames of a system → its history: what each crawl brought, and where crawls are missing.
import type { LogEntry } from '../schemas/comparison.ts';
import type { FrameEnd } from '../schemas/frame.ts';
import type { FrameRecord, IndexKeeping } from '../indexer/engines/index-keeping.ts';

/** Which part of a history. */
export interface HistoryOptions {
  /** Frames listed; null means all. */
  readonly limit: number | null;
  /** More hours than these without a frame are a gap. */
  readonly staleAfterHours: number;
  readonly signal: AbortSignal;
}

/** The newest frames of the system with this id, newest first, and whether there are older ones. Throws UNFOLD_SYSTEM_UNKNOWN. */
export async function history(
  keeping: Pick<IndexKeeping, 'frames'>,
  system: string,
  { limit, staleAfterHours, signal }: HistoryOptions,
): Promise<{ frames: LogEntry[]; more: boolean }> {
  const frames: LogEntry[] = [];
  let more = false;
  // The frame with entries that waits for the one before it.
  let later: LogEntry | null = null;
  for await (const record of keeping.frames(system, signal)) {
    const isFailed = record.end.status === 'failed';
    if (!isFailed && later !== null) {
      Object.assign(later, since(later, record, staleAfterHours));
      later = null;
    }
    if (limit !== null && frames.length >= limit) {
      more = true;
      if (later === null) break;
      continue;
    }
    const entry = entryOf(record);
    frames.push(entry);
    if (!isFailed) later = entry;
  }
  return { frames, more };
}

function entryOf({ header, end, problems, opened, closed, kept }: FrameRecord): LogEntry {
  const byCode = Map.groupBy(problems, ({ code }) => code);
  return {
    id: header.id,
    at: header.at,
    status: end.status,
    seconds: Math.max(0, Date.parse(end.finishedAt) - Date.parse(header.at)) / 1000,
    features: header.features,
    counts: end.counts,
    facts: { opened, closed, kept },
    problems: [...byCode].flatMap(([code, [first, ...rest]]) =>
      first === undefined ? [] : [{ code, count: rest.length + 1, first }],
    ),
    leftOut: end.leftOut,
  };
}

/** What a frame says beside the one before it. */
function since(
  later: LogEntry,
  { header, end }: FrameRecord,
  staleAfterHours: number,
): Pick<LogEntry, 'grown' | 'gapHours'> {
  const hours = (Date.parse(later.at) - Date.parse(header.at)) / 3_600_000;
  const grown: FrameEnd['counts'] = {};
  // What only one of them read has not grown.
  for (const feature of later.features.filter((one) => header.features.includes(one))) {
    const difference = (later.counts[feature] ?? 0) - (end.counts[feature] ?? 0);
    if (difference !== 0) grown[feature] = difference;
  }
  return { grown, ...(hours > staleAfterHours ? { gapHours: Math.round(hours) } : {}) };
}
