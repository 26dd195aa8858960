// Answers as CSV: one piece of evidence a row.
import type { Evidence, SystemHit } from '../schemas/answer.ts';
import { harmless } from './harmless.ts';

const COLUMNS = [
  'asked',
  'system',
  'kind',
  'name',
  'score',
  'asOf',
  'frame',
  'feature',
  'key',
  'path',
  'line',
  'snippet',
  'address',
  'relation',
  'role',
  'validFrom',
  'validTo',
  'change',
  'writtenName',
  'port',
  'process',
  'socket',
  'via',
] as const;

/** The header row. */
export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/** The rows of a system: one per piece of evidence, one with empty cells where it has none. */
export function csvRows(asked: string, { system, score, asOf, frame, evidence }: SystemHit): string {
  const pieces: Partial<Evidence>[] = evidence.length === 0 ? [{}] : evidence;
  return pieces
    .map((piece) => {
      const row: Readonly<Record<string, unknown>> = {
        ...piece,
        asked,
        system: system.id,
        kind: system.kind,
        name: system.name,
        score,
        asOf,
        frame,
        // The name of the system stands under that name already.
        writtenName: piece.name,
      };
      return `${COLUMNS.map((column) => cell(row[column])).join(',')}\r\n`;
    })
    .join('');
}

/**
 * A cell by RFC 4180, a tab included. Other control characters are written as escapes, and what a spreadsheet would run as a formula
 * (it begins with = + - @) gets an apostrophe in front, which spreadsheets take for "text".
 */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = (typeof value === 'string' ? value : JSON.stringify(value))
    .split('\t')
    .map(harmless)
    .join('\t');
  const guarded = /^\s*[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
