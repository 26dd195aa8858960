// What stands between slashes: a regular expression or a path.
import { regexOf } from '../../indexer/terms/regex.ts';

/** Any but the dot, which paths have, too; not the star and question mark right behind a slash: those are wildcards. */
const META = /\\[^/]|[[\](){}|^$+]|(?<!(?:^|[^\\])\/|^)[*?]/s;
const INNER_SLASH = /(?:^|[^\\])(?:\\\\)*\//;

/** Whether it says something that only a regular expression says. */
export function hasMeta(text: string): boolean {
  return META.test(text);
}

/** What stands at the root of systems: more often a folder than a search for its name. */
const ROOTS = /^(?:bin|boot|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)$/;

/** Whether `/text/` is a regular expression: it says so, or neither a slash nor a blank makes a path of it. */
export function isRegex(text: string): boolean {
  if (!/\s/.test(text)) return hasMeta(text) || !(INNER_SLASH.test(text) || ROOTS.test(text));
  return text.trim() === text && (hasMeta(text) || !text.includes('"'));
}

/** Why a word that stands between slashes is none; null of any other word. */
export function whyNoRegex(word: string): string | null {
  const [, text] = /^\/(.+)\/$/s.exec(word) ?? [];
  if (text === undefined) return null;
  // A path with wildcards.
  if (!hasMeta(text) && /[*?]/.test(text)) return null;
  const fault = regexFault(text);
  if (fault !== null) return wrongRegex(fault);
  const escaped = text.replace(/(?<!\\)\//g, String.raw`\/`);
  return `it reads like a path; a regular expression is written /${escaped === text ? `(${text})` : escaped}/`;
}

/** The reason to tell of an expression with a fault. */
export function wrongRegex(fault: string): string {
  return `it is no regular expression (${fault})`;
}

/** More repetitions than these in all take too long to be compiled. */
const MOST_REPETITIONS = 5000;

/** What is wrong with a regular expression; null if it can be searched for. */
export function regexFault(pattern: string): string | null {
  const counts = [...pattern.matchAll(/\{(\d+),?(\d*)\}/g)].map(([, least, most]) => Number(most || least));
  if (counts.reduce((sum, times) => sum + times, 0) > MOST_REPETITIONS) return 'it repeats too much';
  try {
    regexOf(pattern);
    return null;
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    return message.replace(/^error parsing regexp: /, '');
  }
}
