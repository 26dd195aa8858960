// Values of options that several commands take.
import { InvalidArgumentError } from 'commander';
import { UnfoldError } from '../../schemas/error.ts';
import { parseInstant } from '../../query/language/instant.ts';

/** Parses a number of things from `least`; `all` is Infinity, as commander keeps no null. */
export function amount(least: number): (text: string) => number {
  return (text) => {
    if (text === 'all') return Infinity;
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from ${least}, or all.`);
  };
}

/** Collects the values of an option that may be given several times. */
export function several(value: string, before?: readonly string[]): string[] {
  return [...(before ?? []), value];
}

/** An amount as plans have it: null means all. */
export function limitOf(wanted: number): number | null {
  return wanted === Infinity ? null : wanted;
}

/** A whole number from 1. */
export function countFrom1(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

/** A number above 0, such as 0.5. */
export function positive(text: string): number {
  const number = Number(text);
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** Collects values from a list: given several times, or with commas between. */
export function someOf<T extends string>(
  list: readonly T[],
): (text: string, collected?: readonly T[]) => readonly T[] {
  return (text, collected = []) => {
    const values = text.split(',').map((name) => list.find((one) => one === name));
    if (values.every((value) => value !== undefined)) return [...collected, ...values];
    throw new InvalidArgumentError(`It must be one of ${list.join(', ')}.`);
  };
}

/** Collects `key=value` options. */
export function keyValue(text: string, collected: Record<string, string> = {}): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be key=value.');
  return { ...collected, [key]: value };
}

/** Collects URLs of nodes. */
export function nodeUrl(text: string, collected: readonly string[] = []): string[] {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return [...collected, text];
  throw new InvalidArgumentError('It must be http://HOST:PORT or https://HOST:PORT.');
}

/** `--at` and its like: an instant, or null where none is given. Throws UNFOLD_USAGE. */
export function instantOption(text: string | undefined, option = '--at'): Date | null {
  if (text === undefined) return null;
  const instant = parseInstant(text, new Date());
  if (instant !== null) return instant;
  throw new UnfoldError('UNFOLD_USAGE', `${option} ${JSON.stringify(text)} is not an instant.`, {
    remedy: 'Write it as 2026-11-22, 2026-11-22T10:00, now-1d or yesterday (UTC).',
  });
}
