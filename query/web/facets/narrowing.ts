// What an answer is narrowed to by its facets: conditions in the address, beside the query.
import { go, pathOf, type Asked } from '../asked.ts';
import { asked } from '../state.ts';

/** How a value of a facet is asked for. */
export type Choice = 'chosen' | 'excluded' | 'open';

/** A value of a facet that the answer is narrowed by. */
export interface Narrowed {
  readonly field: string;
  readonly value: string;
  readonly isExcluded: boolean;
  /** As the address has it. */
  readonly written: string;
}

/** The conditions of an address, taken apart. */
export function narrowedBy(narrow: readonly string[]): Narrowed[] {
  return narrow.flatMap((written) => {
    const [, minus, field, value] = /^(-?)([a-z]+):(.+)$/s.exec(written) ?? [];
    return field === undefined || value === undefined
      ? []
      : [{ field, value, isExcluded: minus === '-', written }];
  });
}

/** How a value is asked for. */
export function choiceOf(narrow: readonly string[], field: string, value: string): Choice {
  if (narrow.includes(`${field}:${value}`)) return 'chosen';
  return narrow.includes(`-${field}:${value}`) ? 'excluded' : 'open';
}

/** Chooses a value, or excludes it; once more takes that back. */
export function toggle(field: string, value: string, wanted: Exclude<Choice, 'open'>): void {
  go(toggled(asked.value, field, value, wanted));
}

function toggled(from: Asked, field: string, value: string, wanted: Exclude<Choice, 'open'>): Asked {
  const narrow = from.narrow.filter((one) => one !== `${field}:${value}` && one !== `-${field}:${value}`);
  if (choiceOf(from.narrow, field, value) !== wanted)
    narrow.push(`${wanted === 'excluded' ? '-' : ''}${field}:${value}`);
  return { ...from, narrow };
}

/** The path of what is asked without some of its conditions. */
export function pathWithout(from: Asked, written: readonly string[]): string {
  return pathOf({ ...from, narrow: from.narrow.filter((one) => !written.includes(one)) });
}
