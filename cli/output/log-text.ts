// The history of a system for a reader at a terminal.
import type { Log, LogEntry } from '../../schemas/comparison.ts';
import { harmless, paint } from '../terminal.ts';
import { count } from './figures.ts';

const COLOURS = { complete: 'green', partial: 'yellow', failed: 'red' } as const;
/** Codes of problems told per frame; more are counted. */
const MAX_CODES = 3;

/** A frame a line, what was wrong with it below. */
export function logText({ system, frames, more }: Log): string {
  const name = `${paint('bold', harmless(system.name))}  ${paint('dim', `${system.kind} · ${harmless(system.id)}`)}`;
  const lines = frames.flatMap(entryLines);
  if (more) lines.push(paint('dim', '… older frames; --limit all lists them'));
  return `${[name, ...lines].join('\n')}\n`;
}

function entryLines(entry: LogEntry): string[] {
  const { at, status, seconds, facts, gapHours } = entry;
  const changes = `+${facts.opened} -${facts.closed} =${facts.kept}`.padEnd(16);
  const what = status === 'failed' ? '' : `  ${changes}  ${countsText(entry)}`;
  const line = `${at}  ${paint(COLOURS[status], status.padEnd(8))}  ${`${seconds.toFixed(1)} s`.padStart(8)}${what}`;
  const gap =
    gapHours === undefined
      ? []
      : [`   ${paint('yellow', `no frame for ${count(Math.round(gapHours / 24), 'day')} before`)}`];
  return [line.trimEnd(), ...problemLines(entry), ...gap];
}

/** `file 5,002 (+2)  package 120`. */
function countsText({ counts, grown = {} }: LogEntry): string {
  return Object.entries(counts)
    .map(([feature, entries]) => {
      const difference = grown[feature as keyof typeof grown] ?? 0;
      const change =
        difference === 0 ? '' : ` (${difference > 0 ? '+' : ''}${difference.toLocaleString('en-US')})`;
      return `${feature} ${entries.toLocaleString('en-US')}${change}`;
    })
    .join('  ');
}

function problemLines({ problems, leftOut }: LogEntry): string[] {
  const told = problems.slice(0, MAX_CODES).map(({ code, count: times, first }) => {
    const more = times > 1 ? ` and ${times - 1} more` : '';
    return `${code}: ${first.path === undefined ? first.message : first.path}${more}`;
  });
  const rest = problems.length > MAX_CODES ? [`${problems.length - MAX_CODES} more codes`] : [];
  const unmounted = leftOut
    .filter(({ reason }) => reason === 'not-mounted')
    .map(({ path }) => `not mounted: ${path}`);
  return [...told, ...rest, ...unmounted].map((text) => `   ${paint('dim', harmless(text))}`);
}
