// Ports as files write them: behind a host, or named as one.
import { addressesIn } from '../../indexer/terms/addresses.ts';
import { matchText } from '../../indexer/terms/match.ts';
import type { Range } from '../snippet.ts';

/** What stands before a port, case-folded; whitespace is any run of it. */
const BEFORE = [':', 'port ', 'port=', 'port = ', 'port: ', 'port": ', 'port="', 'dport ', 'listen '];

/** The phrases that write a port. */
export function portPhrases(port: number): string[] {
  return BEFORE.map((before) => `${before}${port}`);
}

/** Characters beside a port that tell whether it is one. */
const WINDOW = 24;
/** `12:30`, `52:54:30`, `2001:db8::30` hold `:30`, and no port: two digits, or hex with a colon of their own. */
const NO_HOST = /(?:^|[^\w.-]|\dT)\d{1,2}$|:[\da-f]{0,4}$/i;
const HOST_AND_PORT = /(?:\d\.\d{1,3}|\])$/;

/** A port that is written in a text. `named`: as one, such as `port = 5432`; else behind a host. */
export interface WrittenPort {
  readonly range: Range;
  readonly named: boolean;
}

/** Where a port is written in a text, in order; what stands before it is not part of it. */
export function portsIn(text: string, port: number): WrittenPort[] {
  const digits = String(port);
  if (!text.includes(digits)) return [];
  const ends = new Map<number, boolean>();
  for (const phrase of portPhrases(port)) {
    const named = !phrase.startsWith(':');
    for (const [start, end] of matchText({ leaf: 'phrase', text: phrase, within: 'any' }, text))
      if (named || isBehindHost(text, start, end)) ends.set(end, named);
  }
  const addresses = ends.size === 0 ? [] : addressesIn(text);
  return [...ends]
    .sort(([a], [b]) => a - b)
    .map(([end, named]): WrittenPort => ({ range: [end - digits.length, end], named }))
    .filter(({ range: [start, end] }) => !addresses.some((one) => one.start < start && one.end >= end));
}

function isBehindHost(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - WINDOW), start);
  if (HOST_AND_PORT.test(before)) return true;
  return !NO_HOST.test(before) && text[end] !== ':';
}

const RIGHT_BEHIND = /^\]?[:#@](\d{1,5})(?!\w)/;

/** Whether a host that is written up to `end` has the port: right behind it, or else in its line by name. */
export function hasPort(
  text: string,
  end: number,
  port: number,
  { named, line }: { named: readonly WrittenPort[]; line: Range },
): boolean {
  const behind = RIGHT_BEHIND.exec(text.slice(end, end + WINDOW))?.[1];
  if (behind !== undefined) return Number(behind) === port;
  return named.some(({ range }) => range[0] >= line[0] && range[1] <= line[1]);
}
