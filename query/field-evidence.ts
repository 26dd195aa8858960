// Where the value of a field stands in the text of its entry, and how it is shown where it does not.
import type { ConnectionEntry, Entry, Feature } from '../schemas/entries.ts';
import type { Leaf } from '../schemas/plan.ts';
import { fieldValues } from '../indexer/terms/entry-terms.ts';
import { matchesValue, matchText } from '../indexer/terms/match.ts';
import { snippetOf, type Range, type Snippet } from './snippet.ts';

type FieldLeaf = Extract<Leaf, { leaf: 'field' }>;

/** What has fields. */
interface Owner {
  readonly feature: Feature;
  readonly entry: Entry;
}

/** Fields that are no part of the text of their entry, whatever is written there. */
const NOT_IN_TEXT: ReadonlySet<string> = new Set([
  ...['type', 'owner', 'group', 'mode', 'hash', 'owned-by', 'modified'],
  ...['pid', 'cgroup', 'transport', 'state'],
]);

/** The values of a field, each with the offset at which it stands in the text of its entry. */
export function placedValues(
  { feature, entry }: Owner,
  field: string,
  text: string,
): { value: string; start: number }[] {
  if (NOT_IN_TEXT.has(field)) return [];
  return fieldValues(feature, entry).flatMap(({ field: name, value }) => {
    if (name !== field || value === '') return [];
    const start =
      feature === 'connection'
        ? startInSocket(entry as ConnectionEntry, field, value, text)
        : text.indexOf(value);
    return start < 0 ? [] : [{ value, start }];
  });
}

/** Both ends of a socket may have the same address or port. */
function startInSocket(
  { local, remote }: ConnectionEntry,
  field: string,
  value: string,
  text: string,
): number {
  const ends = text.split('\n', 1).join();
  const arrow = local === undefined || remote === undefined ? -1 : ends.indexOf(' → ');
  const localEnd = arrow < 0 ? ends.length : arrow;
  switch (field) {
    case 'port':
      return ends.lastIndexOf(value, localEnd - value.length);
    case 'remote-port':
      return ends.length - value.length;
    case 'remote':
      return ends.indexOf(value, arrow < 0 ? 0 : localEnd);
    default:
      return text.indexOf(value);
  }
}

/** Where in the text of an entry values stand for which a leaf holds: of an expression, what it matches of them. */
export function fieldRanges(leaf: FieldLeaf, owner: Owner, text: string): Range[] {
  return placedValues(owner, leaf.field, text).flatMap(({ value, start }): Range[] => {
    if (!matchesValue(leaf, value, owner)) return [];
    if (leaf.op !== 'regex') return [[start, start + value.length]];
    const inValue = matchText({ leaf: 'regex', pattern: leaf.value ?? '', within: 'entry' }, value);
    return inValue.map(([from, to]) => [start + from, start + to]);
  });
}

/** `owner: postgres · mode: 4755`, of fields that are no part of the text. */
export function fieldSnippet(leaves: readonly FieldLeaf[], owner: Owner): Snippet {
  let line = '';
  const marks: Range[] = [];
  for (const [field, alike] of Map.groupBy(leaves, (leaf) => leaf.field)) {
    const values = fieldValues(owner.feature, owner.entry).filter((one) => one.field === field);
    const { value } = values.find((one) => alike.every((leaf) => matchesValue(leaf, one.value, owner))) ?? {
      value: '',
    };
    line += `${line === '' ? '' : ' · '}${field}: `;
    marks.push([line.length, line.length + value.length]);
    line += value;
  }
  return snippetOf(line, marks);
}
