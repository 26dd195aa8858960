// The line about a system that was crawled.
import type { CrawledFrame } from '../../crawler/crawl.ts';
import type { TakenFrame } from '../frame-taking.ts';
import { harmless, paint } from '../terminal.ts';
import { count } from './figures.ts';

const COLOURS = { complete: 'green', partial: 'yellow', failed: 'red' } as const;

function total(counts: Readonly<Record<string, number>> = {}): number {
  return Object.values(counts).reduce((sum, amount) => sum + amount, 0);
}

/** Name, status, entries, those of a delta that changed, problems, seconds, id, and the first problem of a partial one below. */
export function crawledText({ system, end }: CrawledFrame, { seconds, problem }: TakenFrame): string {
  const { kept, removed = 0 } = end;
  const written = total(end.counts);
  const figures = [
    `${(written + total(kept)).toLocaleString('en-US')} entries`,
    ...(kept === undefined ? [] : [`${(written + removed).toLocaleString('en-US')} changed`]),
    count(end.problems, 'problem'),
    `${seconds.toFixed(1)} s`,
  ].join(', ');
  const status = paint(COLOURS[end.status], end.status.padEnd(8));
  const line = `${paint('bold', harmless(system.name))}  ${status}  ${figures}  ${paint('dim', harmless(system.id))}`;
  // Why a crawl failed is told as an error.
  if (problem === null || end.status === 'failed') return line;
  const { code, path, message } = problem;
  return `${line}\n   ${code}: ${harmless(path === undefined ? message : `${path}: ${message}`)}`;
}
