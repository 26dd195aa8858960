// Versions cut into tokens: the first pair of tokens that differs decides.

/** A part of a version. Another rank decides; of one rank digits compare as numbers of any length, the rest as text. */
export interface Token {
  readonly rank: number;
  readonly text: string;
  readonly digits: boolean;
}

/** Negative, zero or positive as `a` comes before, with or after `b`; `end` is the rank of a version's end. */
export function compareTokens(a: readonly Token[], b: readonly Token[], end: number): number {
  const last: Token = { rank: end, text: '', digits: false };
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareToken(a[index] ?? last, b[index] ?? last);
    if (order !== 0) return order;
  }
  return 0;
}

function compareToken(a: Token, b: Token): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.digits && b.digits ? compareDigits(a.text, b.text) : compareText(a.text, b.text);
}

/** Order of two runs of digits as numbers; an empty run is zero. */
export function compareDigits(a: string, b: string): number {
  const [first, second] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return first.length - second.length || compareText(first, second);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
