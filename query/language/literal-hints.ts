// Why a bare word that looks like more than text is only text.
import { groupFeature, isFieldName, NAMES } from './names.ts';
import { nearest } from './nearest.ts';

/** The reason to tell; null for a word that is what it looks like. */
export function whyLiteral(word: string): string | null {
  const [, written = '', value] = /^([A-Za-z][\w.-]+):(?!\/\/)(.*)$/s.exec(word) ?? [];
  const name = written.toLowerCase();
  if (isFieldName(name)) return `${written}: has no value that can be read`;
  if (groupFeature(name) !== null)
    return `${name}: takes conditions in parentheses, such as ${name}:(${name === 'file' ? 'path:/etc/*' : 'port:443'})`;
  const isText = value === undefined || value === '' || /^(?:[/\\:]|\d{1,5}$)/.test(value);
  if (isText || /^[\da-f:.%/]+$/i.test(word)) return null;
  const near = nearest(written, NAMES);
  return `there is no field ${written}${near === null ? '' : `; did you mean ${near}:`}`;
}
