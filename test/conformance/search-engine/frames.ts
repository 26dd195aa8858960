// Frames for tests of engines, from short sketches.
import { createHash } from 'node:crypto';
import type { FileEntry, Feature, PackageEntry } from '../../../schemas/entries.ts';
import type { EntryLine, FrameStatus, LeftOut } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import type { FrameLine } from '../../../indexer/engines/search-engine.ts';

export interface FrameSketch {
  readonly system: string | SystemRef;
  /** Day of January 2026 at noon, or an instant. */
  readonly at: number | string;
  readonly id?: string;
  readonly features?: readonly Feature[];
  readonly entries?: readonly EntryLine[];
  readonly problems?: readonly Problem[];
  readonly leftOut?: readonly LeftOut[];
  readonly status?: FrameStatus;
}

export function instant(at: number | string): string {
  return typeof at === 'string' ? at : new Date(Date.UTC(2026, 0, at, 12)).toISOString();
}

function systemRef(system: string | SystemRef): SystemRef {
  if (typeof system !== 'string') return system;
  return { id: `rootfs:host1/srv/${system}`, kind: 'host', name: system, labels: {} };
}

/** A UUID that the sketch decides. */
function uuidOf(sketch: FrameSketch): string {
  const digest = createHash('sha256').update(JSON.stringify(sketch)).digest('hex');
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
  ];
  return [...parts, digest.slice(20, 32)].join('-');
}

export function frameLines(sketch: FrameSketch): FrameLine[] {
  const { entries = [], problems = [], leftOut = [], status } = sketch;
  const counts: Partial<Record<Feature, number>> = {};
  for (const { feature } of entries) counts[feature] = (counts[feature] ?? 0) + 1;
  return [
    {
      header: {
        schema: 'unfold.frame/1',
        id: sketch.id ?? uuidOf(sketch),
        system: systemRef(sketch.system),
        at: instant(sketch.at),
        features: [...(sketch.features ?? ['os', 'package', 'file'])],
        crawler: { version: '0.1.0', host: 'host1' },
      },
    },
    ...entries.map((line) => ({ line })),
    ...problems.map((problem) => ({ problem })),
    {
      end: {
        status: status ?? (problems.length > 0 ? 'partial' : 'complete'),
        finishedAt: instant(sketch.at),
        counts,
        problems: problems.length,
        leftOut: [...leftOut],
        masked: {},
        skipped: {},
      },
    },
  ];
}

// eslint-disable-next-line @typescript-eslint/require-await -- frames are streams
export async function* stream(lines: readonly FrameLine[]): AsyncGenerator<FrameLine> {
  yield* lines;
}

/** A line of a frame as it travels. */
export function ndjsonLine(line: FrameLine): string {
  if ('header' in line) return `${JSON.stringify({ _frame: line.header })}\n`;
  if ('line' in line) return `${JSON.stringify(line.line)}\n`;
  if ('end' in line) return `${JSON.stringify({ _end: line.end })}\n`;
  return `${JSON.stringify(line)}\n`;
}

/** The frame as it travels. */
export function ndjson(lines: readonly FrameLine[]): string {
  return lines.map(ndjsonLine).join('');
}

export function file(path: string, text?: string, more: Partial<FileEntry> = {}): EntryLine {
  const entry: FileEntry = {
    path,
    type: 'file',
    size: text === undefined ? 0 : Buffer.byteLength(text),
    mode: '0644',
    uid: 0,
    gid: 0,
    owner: 'root',
    group: 'root',
    mtime: '2025-12-01T00:00:00.000Z',
    ctime: '2025-12-02T00:00:00.000Z',
    inode: 100,
    ...(text === undefined ? {} : { content: { text, encoding: 'utf-8' as const } }),
    ...more,
  };
  return { feature: 'file', key: path, entry };
}

export function installed(name: string, version = '1.0-1', more: Partial<PackageEntry> = {}): EntryLine {
  const entry: PackageEntry = {
    name,
    version,
    architecture: 'amd64',
    type: 'deb',
    status: 'installed',
    ...more,
  };
  return { feature: 'package', key: `deb:${name}:amd64`, entry };
}

export function os(platform: string, version = '12'): EntryLine {
  return { feature: 'os', key: 'os', entry: { name: platform, platform, version } };
}
