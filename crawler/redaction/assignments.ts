// Masks the values of settings whose names say that they are secret, in the many ways of writing a setting.
import { NOTHING } from './rule.ts';
import { isSecretName } from './secret-keys.ts';
import { valueAt } from './value-span.ts';
import { isPlain, isReference, looksRandom } from './values.ts';
import type { Page, Rule, Span } from './rule.ts';
import type { Value } from './value-span.ts';

const NAME_CHARACTER = /[\w.-]/;
const LONGEST_NAME = 80;
const SEPARATOR = /\\*["'`]?\]?[^\S\n]*(?:\?=|:=|\+=|=>|=(?![=~])|:(?![:/]))[^\S\n]*/y;
/** A comment of any language. */
const COMMENT_LINE = /^\s*(?:#|;|\/\/|\*|<!--|--|dnl\b|rem\b|%)/i;

/** A name in a text, with what stands before it on its line. */
interface Name extends Span {
  readonly text: string;
  readonly line: string;
}

function nameAt({ text }: Page, at: number): Name | null {
  let start = at;
  let end = at;
  while (start > 0 && at - start < LONGEST_NAME && NAME_CHARACTER.test(text.charAt(start - 1))) start--;
  while (end < text.length && end - at < LONGEST_NAME && NAME_CHARACTER.test(text.charAt(end))) end++;
  if (end - at === LONGEST_NAME || at - start === LONGEST_NAME) return null;
  const before = text.slice(Math.max(0, start - 400), start);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  return { start, end, text: text.slice(start, end), line };
}

function find(page: Page, at: number): readonly Span[] {
  const name = nameAt(page, at);
  if (name === null || !isSecretName(name.text)) return NOTHING;
  SEPARATOR.lastIndex = name.end;
  if (!SEPARATOR.test(page.text)) return NOTHING;
  const value = valueAt(page, SEPARATOR.lastIndex, name.line);
  if (value === null || !isSecret(page, name, value)) return NOTHING;
  return [{ start: value.start, end: value.end }];
}

function isSecret(page: Page, name: Name, value: Value): boolean {
  if (value.text.trim() === '' || isReference(value.text) || isPlain(value.text)) return false;
  const { dialect } = page;
  if (!value.bare) return isSecretLiteral(page, name, value);
  if (dialect === 'code') return looksRandom(value.text);
  if (dialect === 'prose' || COMMENT_LINE.test(name.line)) return isSecretWord(page, value);
  return !isExpression(value.text) && !(page.packaged && isSentence(value.text));
}

function isSecretLiteral(page: Page, name: Name, value: Value): boolean {
  if (page.dialect === 'config' && !page.packaged) return true;
  if (value.text.toLowerCase() === name.text.toLowerCase() || isSentence(value.text)) return false;
  return page.packaged ? looksRandom(value.text) : true;
}

function isSecretWord(page: Page, value: Value): boolean {
  if (looksRandom(value.text)) return true;
  return !page.packaged && value.rest.trim() === '' && !/\s/.test(value.text);
}

function isExpression(value: string): boolean {
  return (
    /^[A-Za-z_][\w.:]*\([^)]*\)?[,;]?$/.test(value) ||
    /^(?:files|compat|db|nis|sss|ldap|systemd|winbind|\s|\[\w+=\w+\])+$/.test(value)
  );
}

function isSentence(value: string): boolean {
  return /\s/.test(value) && /^[\p{L}\p{M}\s.,:;'’"!?()%-]+$/u.test(value);
}

/** `name = value`, `"name": "value"`, `name => 'value'` and the like. */
export const assignment: Rule = {
  name: 'assignment',
  triggers: [
    'pass',
    'pwd',
    'secret',
    'token',
    'apikey',
    'api_key',
    'api-key',
    'rootpw',
    'bindpw',
    '_pw',
    'psk',
    'credential',
    'private_key',
    'private-key',
    'privatekey',
    'access_key',
    'access-key',
    'accesskey',
    'account_key',
    'accountkey',
    'auth_key',
    'authkey',
    'sharedkey',
    'shared_key',
    'shared-key',
    'encryption_key',
    'encryption-key',
    'encryptionkey',
    'signing_key',
    'signing-key',
    'signingkey',
    'master_key',
    'masterkey',
    'app_key',
    'session_key',
  ],
  find,
};
