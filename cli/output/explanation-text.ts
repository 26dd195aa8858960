// Why a system has its score, for a reader: terms that add up, factors that multiply.
import type { Explanation, SystemHit } from '../../schemas/answer.ts';
import { harmless, paint } from '../terminal.ts';

type Term = Explanation['terms'][0];

/** Lines below a system: its score, what each term adds, and the facts from which that comes. */
export function explanationText({ score, explanation }: SystemHit): string[] {
  const terms = explanation?.terms ?? [];
  return [
    paint(
      'dim',
      `   score ${score}${terms.length > 1 ? ` = ${terms.map((term) => figure(term.score)).join(' + ')}` : ''}`,
    ),
    ...terms.flatMap(termText),
  ];
}

function termText({ term, score, rarity, closeness, facts }: Term): string[] {
  const sum = facts.reduce((total, { worth, others }) => total + worth + others, 0);
  const factors = [
    `rarity ${figure(rarity)}`,
    ...(closeness === 1 ? [] : [`closeness ${figure(closeness)}`]),
  ];
  return [
    `     ${harmless(term)}  ${paint('dim', `${figure(score)} = ${factors.join(' × ')} × facts ${figure(sum)}`)}`,
    ...facts.map((fact) => paint('dim', `       ${factText(fact)}`)),
  ];
}

/** Factors of 1 change nothing and are left out. */
function factText({ feature, folder, match, worth, factors, others }: Term['facts'][0]): string {
  const named = [
    [feature, factors.feature],
    [harmless(folder ?? ''), factors.path],
    [`by ${match}`, factors.match],
    ['together', factors.together],
  ] as const;
  const product = named.filter(([, factor]) => factor !== 1).map(([name, factor]) => `${name} ${factor}`);
  const more = others > 0 ? `, others ${figure(others)}` : '';
  const place = folder === undefined ? feature : harmless(`${feature} ${folder}`);
  return `${place}  ${figure(worth)}${product.length > 1 ? ` = ${product.join(' × ')}` : ''}${more}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
