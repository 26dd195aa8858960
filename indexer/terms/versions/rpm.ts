// The order of rpm's versions: [epoch:]version[-release], as rpm-version(7) has it.
import { compareTokens, type Token } from './tokens.ts';

interface Version {
  readonly epoch: string;
  readonly version: string;
  readonly release: string | null;
}

/** In rising order. What is neither a letter nor a digit of ASCII only separates. */
const RANKS = { tilde: 0, end: 1, caret: 2, letters: 3, digits: 4 };

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. Any text is taken for a version. */
export function compareRpmVersions(a: string, b: string): number {
  const [first, second] = [parse(a), parse(b)];
  return (
    comparePart(first.epoch, second.epoch) ||
    comparePart(first.version, second.version) ||
    // One without a release is older than the same one with any.
    Number(first.release !== null) - Number(second.release !== null) ||
    comparePart(first.release ?? '', second.release ?? '')
  );
}

function parse(text: string): Version {
  const [, epoch = '', rest = ''] = /^(?:(\d*):)?(.*)$/s.exec(text.trim()) ?? [];
  const cut = rest.lastIndexOf('-');
  return {
    epoch: epoch === '' ? '0' : epoch,
    version: cut < 0 ? rest : rest.slice(0, cut),
    release: cut < 0 ? null : rest.slice(cut + 1),
  };
}

function comparePart(a: string, b: string): number {
  return a === b ? 0 : compareTokens(tokens(a), tokens(b), RANKS.end);
}

function tokens(part: string): Token[] {
  return [...part.matchAll(/~|\^|\d+|[A-Za-z]+/g)].map(([text]) => ({
    rank: rankOf(text),
    text,
    digits: /^\d/.test(text),
  }));
}

function rankOf(text: string): number {
  if (text === '~') return RANKS.tilde;
  if (text === '^') return RANKS.caret;
  return /^\d/.test(text) ? RANKS.digits : RANKS.letters;
}
