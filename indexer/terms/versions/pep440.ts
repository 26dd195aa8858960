// The order of Python's versions, as PEP 440 has it.
import { createRequire } from 'node:module';
import type pep440 from '@renovatebot/pep440';
import { compareParsed } from './parsed.ts';

const require = createRequire(import.meta.url);
let library: typeof pep440 | undefined;

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. */
export const comparePep440 = compareParsed(parse, (a, b) => loaded().compare(a, b));

function parse(text: string): string | null {
  return loaded().valid(text.trim().toLowerCase());
}

/** Loaded when the first version is compared: most searches compare none. */
function loaded(): typeof pep440 {
  library ??= require('@renovatebot/pep440') as typeof pep440;
  return library;
}
