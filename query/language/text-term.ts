// A term as text: words, phrases, addresses, wildcards and regular expressions.
import type { Feature } from '../../schemas/entries.ts';
import type { PlanNode } from '../../schemas/plan.ts';
import type { AddressRange } from '../../indexer/terms/addresses.ts';
import { foldCase, words } from '../../indexer/terms/words.ts';
import { addressNode, portOf, rangeNotice, starredNetwork, writtenRange } from './address-node.ts';
import { whyLiteral } from './literal-hints.ts';
import { takenLiterally, type Tell } from './notices.ts';
import { hasMeta, regexFault, whyNoRegex, wrongRegex } from './slashes.ts';
import { globPattern, isGlob } from './text-glob.ts';
import type { Term } from './tree.ts';

/** Where it has to stand: in the content of files or anywhere, in facts of one feature or of any (null). */
export interface Place {
  readonly within: 'content' | 'any';
  readonly feature: Feature | null;
}

/** Anywhere at all. */
export const ANYWHERE: Place = { within: 'any', feature: null };

/** The condition that a term holds as text. */
export function textNode(term: Term, place: Place, tell: Tell): PlanNode {
  switch (term.kind) {
    case 'phrase':
      return literalNode(term.text, place);
    case 'regex':
      return regexNode(term, place, tell);
    case 'word':
      return wordNode(term, place, tell);
  }
}

/** Text as it stands. */
export function literalNode(text: string, { within, feature }: Place): PlanNode {
  const where = { within, ...(feature === null ? {} : { feature }) };
  const [word, ...more] = words(text);
  const folded = foldCase(text);
  if (word === folded && more.length === 0) return { leaf: { leaf: 'word', word, ...where } };
  return { leaf: { leaf: 'phrase', text: folded, ...where } };
}

function patternNode(pattern: string, { within, feature }: Place): PlanNode {
  return { leaf: { leaf: 'regex', pattern, within, ...(feature === null ? {} : { feature }) } };
}

function regexNode({ text, span }: Term, place: Place, tell: Tell): PlanNode {
  const fault = regexFault(text);
  if (fault !== null) {
    tell(takenLiterally(`/${text}/`, wrongRegex(fault), span));
    return literalNode(`/${text}/`, place);
  }
  if (!hasMeta(text)) {
    const message = `\`/${text}/\` was read as a regular expression; write "/${text}/" in quotes to search for that text.`;
    tell({ code: 'read-as-regex', message, span });
  }
  return patternNode(text, place);
}

function wordNode(term: Term, place: Place, tell: Tell): PlanNode {
  const range = writtenRange(term);
  if (range !== null) return rangeNode(term, range, place, tell);
  const why = whyNoRegex(term.text);
  if (why === null && isGlob(term.text)) return globNode(term, place, tell);
  const reason = why ?? whyLiteral(term.text);
  if (reason !== null) tell(takenLiterally(term.text, reason, term.span));
  return literalNode(term.text, place);
}

function rangeNode(term: Term, range: AddressRange, place: Place, tell: Tell): PlanNode {
  const notice = rangeNotice(term);
  if (notice !== null) tell(notice);
  const found = addressNode(range, place.feature ?? (place.within === 'content' ? 'file' : null));
  // With a port, the text must stand there as well. No text writes a network with stars: that may be meant, too.
  if (portOf(term.text) !== null) return { and: [found, literalNode(term.text, place)] };
  return starredNetwork(term.text) === null ? found : { or: [found, literalNode(term.text, place)] };
}

/** More wildcards than these are no search anybody means, and slow. */
const MOST_WILDCARDS = 50;

function globNode({ text, span }: Term, place: Place, tell: Tell): PlanNode {
  if (/^[*?]+$/.test(text)) {
    const message = `\`${text}\` finds everything; write "${text}" in quotes to search for it.`;
    tell({ code: 'finds-everything', message, span });
    return { all: true };
  }
  const isTooMuch = text.replaceAll(/[^*?]/g, '').length > MOST_WILDCARDS;
  const pattern = isTooMuch ? null : globPattern(text);
  if (pattern !== null) return patternNode(pattern, place);
  const why = isTooMuch
    ? `it has more than ${MOST_WILDCARDS} wildcards`
    : 'nothing is left to be found beside its wildcards';
  tell(takenLiterally(text, why, span));
  return literalNode(text, place);
}
