// The order of Debian's versions: [epoch:]upstream[-revision], as Debian Policy 5.6.12 and dpkg have it.
import { compareDigits } from './tokens.ts';

interface Version {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. Any text is taken for a version. */
export function compareDebianVersions(a: string, b: string): number {
  const [first, second] = [parse(a), parse(b)];
  return (
    compareDigits(first.epoch, second.epoch) ||
    compareParts(first.upstream, second.upstream) ||
    compareParts(first.revision, second.revision)
  );
}

function parse(text: string): Version {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(text.trim()) ?? [];
  const cut = rest.lastIndexOf('-');
  return {
    epoch,
    upstream: cut < 0 ? rest : rest.slice(0, cut),
    revision: cut < 0 ? '' : rest.slice(cut + 1),
  };
}

/** Runs of other characters and of digits take turns. */
function compareParts(a: string, b: string): number {
  const [first, second] = [runs(a), runs(b)];
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const [x = '', y = ''] = [first[index], second[index]];
    const order = index % 2 === 0 ? compareOthers(x, y) : compareDigits(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

/** Non-digits at even places, digits at odd ones. */
function runs(text: string): string[] {
  return [...text.matchAll(/(\D*)(\d*)/g)].flatMap(([, other = '', digits = '']) => [other, digits]);
}

function compareOthers(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = rank(a, index) - rank(b, index);
    if (order !== 0) return order;
  }
  return 0;
}

/** `~` before the end, the end before letters, letters before anything else. */
function rank(text: string, index: number): number {
  const character = text[index];
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 0x1_00_00;
}
