// Why a field cannot hold of the fact that a group is about, and what was probably meant.
import type { Feature } from '../../schemas/entries.ts';
import type { Field } from '../../schemas/fields.ts';

/** What a fact says of things of other features. */
const RELATED: Readonly<Record<string, string>> = {
  'file package': 'owned-by',
  'file user': 'owner',
  'connection process': 'held-by',
  'connection ip': 'local',
  'process path': 'executable',
};

/** The sentence that a reader is told. */
export function whyForeign(name: string, owner: Field['feature'], within: Feature): string {
  const related = RELATED[`${within} ${name}`];
  const hint = related === undefined ? '' : ` (or did you mean ${related}:?)`;
  const whose = owner === 'system' ? 'a system' : `another feature, ${owner}`;
  return `\`${name}:\` is of ${whose}, so nothing satisfies it within ${within}:(…); write it outside of the parentheses${hint}.`;
}
