// Reads a regular expression: folds its literals, as texts are folded, and finds those that a match cannot do without.
import { foldCase } from './words.ts';

/** Lists of literals; of each list one occurs in whatever matches. */
export type Needs = readonly (readonly string[])[];

/** An expression for folded text, and what it needs. */
export interface FoldedPattern {
  readonly folded: string;
  readonly needs: Needs;
}

/** A part of an expression: `exact` where it is nothing but this literal. */
interface Part extends FoldedPattern {
  readonly exact: string | null;
}

/** More alternatives than these are no help in finding. */
const MOST_ALTERNATIVES = 50;
const NOTHING: Needs = [];

/** Folds an expression that RE2 accepts. */
export function foldPattern(pattern: string): FoldedPattern {
  const { folded, needs } = new Reader(pattern).alternatives();
  return { folded, needs };
}

function literal(text: string, written = text): Part {
  const folded = foldCase(text);
  const escaped = folded.replace(/[\\.+*?()|[\]{}^$]/gu, String.raw`\$&`);
  return { folded: folded === text ? written : escaped, needs: [[folded]], exact: folded };
}

function anything(folded: string): Part {
  return { folded, needs: NOTHING, exact: null };
}

const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/y;
/** Escapes of one literal character, of a class by name, and any other with what belongs to it. */
const ESCAPE = /\\(?:[^\p{L}\p{N}]|[pP]\{[^}]*\}|[pP].|x\{[^}]*\}|x[\da-fA-F]{2}|[0-7]{1,3}|Q|.)/suy;
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
    const alternatives = best.flatMap((some) => some ?? []);
    const helps = best.every((some) => some !== null) && alternatives.length <= MOST_ALTERNATIVES;
    return {
      folded: parts.map(({ folded }) => folded).join('|'),
      needs: helps ? [alternatives] : NOTHING,
      exact: null,
    };
  }

  #sequence(): Part {
    let folded = '';
    let run = '';
    const needs: (readonly string[])[] = [];
    const endRun = () => {
      if (run !== '') needs.push([run]);
      run = '';
    };
    let isExact = true;
    while (this.#at < this.#pattern.length && !/[|)]/.test(this.#pattern[this.#at] ?? '')) {
      const part = this.#repeated(this.#atom());
      folded += part.folded;
      if (part.exact !== null) {
        run += part.exact;
        continue;
      }
      isExact = false;
      endRun();
      needs.push(...part.needs);
    }
    const exact = isExact ? run : null;
    endRun();
    return { folded, needs, exact };
  }

  #repeated(part: Part): Part {
    const written = this.#take(QUANTIFIER);
    if (written === null) return part;
    const isOptional = /^(?:[*?]|\{0)/.test(written);
    const more = this.#repeated(anything(''));
    return {
      folded: `(?:${part.folded})${written}${more.folded}`,
      needs: isOptional ? NOTHING : part.needs,
      exact: null,
    };
  }

  #atom(): Part {
    const next = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    if (next === '\\') return this.#escape();
    if (next === '[') return anything(`(?i:${this.#take(CLASS) ?? ''})`);
    if (next === '(') return this.#group();
    this.#at += next.length;
    if (next === '.' || next === '^') return anything(next);
    // A line may end in the way of other systems.
    return next === '$' ? anything(String.raw`(?:\r?$)`) : literal(next);
  }

  #escape(): Part {
    const written = this.#take(ESCAPE) ?? '';
    if (written === String.raw`\Q`) return this.#quoted();
    const [, escaped = ''] = /^\\([^\p{L}\p{N}])$/su.exec(written) ?? [];
    if (escaped !== '') return literal(escaped, written);
    return anything(/^\\(?:[pPx]|\d)/.test(written) ? `(?i:${written})` : written);
  }

  #quoted(): Part {
    const end = this.#pattern.indexOf(String.raw`\E`, this.#at);
    const text = this.#pattern.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#pattern.length : end + 2;
    const folded = foldCase(text).replace(/[\\.+*?()|[\]{}^$]/gu, String.raw`\$&`);
    return { folded: `(?:${folded})`, needs: text === '' ? NOTHING : [[foldCase(text)]], exact: null };
  }

  #group(): Part {
    // Without `i`: what is folded has no case.
    const opening = (this.#take(OPENING) ?? '').replace(/^\(\?[a-zA-Z-]*(?=[:)])/, (flags) =>
      flags.replaceAll('i', '').replace(/-$/, ''),
    );
    if (opening.endsWith(')')) return anything(opening === '(?)' ? '' : opening);
    const { folded, needs } = this.alternatives();
    this.#at++;
    return { folded: `${opening}${folded})`, needs, exact: null };
  }

  #take(expression: RegExp): string | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#pattern)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
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
