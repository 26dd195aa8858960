// Reads a regular expression: folds its literals, as texts are folded, and finds those that a match cannot do without.
import { foldCase } from './words.ts';

/** Lists of literals; of each list one occurs in whatever matches. */
export type Needs = readonly (readonly string[])[];

/** An expression for folded text, and what it needs. */
export interface FoldedPattern {
  readonly folded: string;
  readonly needs: Needs;
}

/** A part of an expression: `exact` lists all that it matches, where that is a few literals. */
interface Part extends FoldedPattern {
  readonly exact: readonly string[] | null;
}

/** More alternatives than these are no help in finding. */
const MOST_ALTERNATIVES = 50;
/** Longer literals are needed in parts. */
const LONGEST = 200;
const NOTHING: Needs = [];

/** Folds an expression that RE2 accepts. */
export function foldPattern(pattern: string): FoldedPattern {
  const { folded, needs } = new Reader(unquoted(pattern)).alternatives();
  return { folded, needs };
}

const SPECIAL = /[\\.+*?()|[\]{}^$]/gu;

/** Without `\Q…\E`: what stands between is escaped, and a quantifier after it means its last character, or what is before. */
function unquoted(pattern: string): string {
  return pattern.replace(/\\Q([^]*?)(?:\\E|$)|\\[^]/g, (written, quoted?: string) =>
    quoted === undefined ? written : quoted.replace(SPECIAL, String.raw`\$&`),
  );
}

function literal(text: string, written: string): Part {
  const folded = foldCase(text);
  const escaped = folded.replace(SPECIAL, String.raw`\$&`);
  return { folded: folded === text ? written : escaped, needs: [[folded]], exact: [folded] };
}

function anything(folded: string): Part {
  return { folded, needs: NOTHING, exact: null };
}

/** The list without what another of it is a part of; none where that is nothing, or the list is long. */
function needOf(some: readonly string[]): Needs {
  const least = [...new Set(some)].filter(
    (one) => !some.some((other) => other !== one && one.includes(other)),
  );
  return least.includes('') || least.length > MOST_ALTERNATIVES ? NOTHING : [least];
}

/** Literals that follow one another: their combinations, as long as there are few. */
class Run {
  #ends: readonly string[] = [''];
  #isWhole = true;
  readonly needs: (readonly string[])[] = [];

  add(exact: readonly string[]): void {
    const combined = this.#ends.flatMap((before) => exact.map((after) => before + after));
    if (combined.length <= MOST_ALTERNATIVES && combined.every(({ length }) => length <= LONGEST))
      this.#ends = combined;
    else this.end(exact);
  }

  /** Ends it; what comes next begins with one of these. */
  end(next: readonly string[] = ['']): void {
    this.needs.push(...needOf(this.#ends));
    this.#ends = next;
    this.#isWhole = false;
  }

  /** All that it can be; null where something else came between. */
  get exact(): readonly string[] | null {
    return this.#isWhole ? this.#ends : null;
  }
}

const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;
/** Escapes of one literal character, of a class by name, and any other with what belongs to it. */
const ESCAPE = /\\(?:[^\p{L}\p{N}]|[pP]\{[^}]*\}|[pP].|x\{[^}]*\}|x[\da-fA-F]{2}|[0-7]{1,3}|.)/suy;
const CLASS = /\[\^?\]?(?:\[:[^\]]*:\]|\\.|[^\]\\])*\]/suy;
const OPENING = /\((?:\?(?:P?<\w+>|[a-zA-Z-]*:|[a-zA-Z-]*\)))?/y;

class Reader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** Up to the end, or the parenthesis that closes. */
  alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#pattern[this.#at] === '|') {
      this.#at++;
      parts.push(this.#sequence());
    }
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    const best = parts.map(({ needs }) => mostTelling(needs));
    const exact = parts.flatMap((part) => part.exact ?? []);
    const isExact = parts.every((part) => part.exact !== null) && exact.length <= MOST_ALTERNATIVES;
    return {
      folded: parts.map(({ folded }) => folded).join('|'),
      needs: best.every((some) => some !== null) ? needOf(best.flat()) : NOTHING,
      exact: isExact ? exact : null,
    };
  }

  #sequence(): Part {
    let folded = '';
    const run = new Run();
    while (this.#at < this.#pattern.length && !/[|)]/.test(this.#pattern[this.#at] ?? '')) {
      const atom = this.#atom();
      const times = this.#take(QUANTIFIER);
      if (times === null) {
        folded += atom.folded;
        append(run, atom);
      } else {
        folded += `(?:${atom.folded})${times}`;
        repeat(run, atom, times);
      }
    }
    const { exact } = run;
    run.end();
    return { folded, needs: run.needs, exact };
  }

  #atom(): Part {
    const next = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    if (next === '\\') return this.#escape();
    if (next === '[') return classPart(this.#take(CLASS) ?? '');
    if (next === '(') return this.#group();
    this.#at += next.length;
    if (next === '.' || next === '^') return anything(next);
    // A line may end in the way of other systems.
    return next === '$' ? anything(String.raw`(?:\r?$)`) : literal(next, next);
  }

  #escape(): Part {
    const written = this.#take(ESCAPE) ?? '';
    const [, escaped = ''] = /^\\([^\p{L}\p{N}])$/su.exec(written) ?? [];
    if (escaped !== '') return literal(escaped, written);
    return anything(/^\\(?:[pPx]|\d)/.test(written) ? `(?i:${written})` : written);
  }

  #group(): Part {
    // Without `i`: what is folded has no case.
    const opening = (this.#take(OPENING) ?? '').replace(/^\(\?[a-zA-Z-]*(?=[:)])/, (flags) =>
      flags.replaceAll('i', '').replace(/-$/, ''),
    );
    if (opening.endsWith(')')) return anything(opening === '(?)' ? '' : opening);
    const { folded, needs, exact } = this.alternatives();
    this.#at++;
    return { folded: `${opening}${folded})`, needs, exact };
  }

  #take(expression: RegExp): string | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#pattern)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }
}

/** A class of a few letters, digits or signs of ASCII is as many literals. */
function classPart(written: string): Part {
  const folded = `(?i:${written})`;
  const [, listed] = /^\[((?:[^\]\\[^-]|\\[^\w\s]){1,8})\]$/.exec(written) ?? [];
  if (listed === undefined || /[^ -~]/.test(listed)) return anything(folded);
  const exact = new Set(listed.replace(/\\(.)/g, '$1').toLowerCase());
  // Of all that is folded this alone is another way to write a letter of ASCII.
  if (exact.has('s')) exact.add('ſ');
  return { folded, needs: needOf([...exact]), exact: [...exact] };
}

function append(run: Run, { exact, needs }: Part): void {
  if (exact !== null) {
    run.add(exact);
    return;
  }
  run.end();
  run.needs.push(...needs);
}

/** A part with a quantifier. */
function repeat(run: Run, { exact, needs }: Part, times: string): void {
  const isOptional = /^(?:[*?]|\{0)/.test(times);
  if (exact === null) {
    run.end();
    if (!isOptional) run.needs.push(...needs);
  } else if (times.startsWith('?')) run.add(['', ...exact]);
  else if (isOptional) run.end();
  else {
    run.add(exact);
    // More of them may follow; the last one stands before what comes next.
    if (!/^\{1\}/.test(times)) run.end(exact);
  }
}

/** The list whose shortest literal is longest. */
function mostTelling(needs: Needs): readonly string[] | null {
  const shortest = (some: readonly string[]) => Math.min(...some.map(({ length }) => length));
  return needs.reduce<readonly string[] | null>(
    (best, some) => (best === null || shortest(some) > shortest(best) ? some : best),
    null,
  );
}
