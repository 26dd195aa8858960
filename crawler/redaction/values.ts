// Tells a secret value from what stands in its place: references, placeholders, switches, paths.
import { MASK } from './rule.ts';
import { openQuote } from './value-span.ts';
import type { Name } from './names.ts';
import type { Dialect, Page } from './rule.ts';
import type { Value } from './value-span.ts';

/** Names of something that is filled in elsewhere, whole or at the beginning. */
const REFERENCE =
  /^(?:<<[-~]?["']?\w|\$\{\{|\$\w+::\w+$|\$\{[\w.-]+(?:\[[^\]]*\])?(?::?[-?+=]?|[:%#/^,].*)\}$|\$\(|`|\$[A-Za-z_]\w*$|\$\d$|\{\{|\{%|<%|%\(\w|%\{|%[sdv]$|%[A-Z_][A-Z0-9_]*%$|@[A-Z_][A-Z0-9_]*@$|@\w+@$|__\w+__$|<[\w ./|-]+>$|\{[\w.:-]*\}$|\[[A-Za-z][\w -]*\]$|#\{|!(?:Ref|Sub|GetAtt|ImportValue|reference|env|secret)\b|\$\[|\$\$)/;
/** Nothing but filler. */
const FILLER = /^(?:[*•.#?_-]+|x{3,}|X{3,}|\.{2,}|…|\*\)?;*)$/;
/** Where a vault or a file holds the value. */
const ELSEWHERE =
  /^(?:vault:|op:\/\/|ssm:|arn:aws:|secretsmanager:|projects\/[\w-]+\/secrets\/|env:|env\.|os\.environ|process\.env|file:|keyring:|pass:|system:)/i;

/** True for what stands in place of a value: a variable, a template, a placeholder, the mask itself. */
export function isReference(value: string): boolean {
  const head = value.trim().slice(0, 200);
  return head.startsWith(MASK) || REFERENCE.test(head) || FILLER.test(head) || ELSEWHERE.test(head);
}

const SWITCH =
  /^(?:null|nil|none|undefined|true|false|yes|no|on|off|y|n|n\/a|required|optional|sufficient|requisite|include|substack|enabled?|disabled?|default|auto|unset|empty|string|str|text|bool|boolean|int|integer|number|object|bytes?|char|any|varchar(?:\(\d+\))?|todo|tbd|~|\d{1,2}|\[\]?|\{\}?|\(\)?|[|>][+-]?\d?|never|always|ask|prompt|hidden|masked|redacted|\[?redacted\]?|n\.a\.|read|write|[#;].*)[,;]?$/is;
const PATH =
  /^["']?(?:\/(?:path|etc|run|var|usr|home|opt|root|srv|tmp|dev|mnt|proc|sys|media|boot|secrets?|vault)\/|\.{1,2}\/|~\/|[A-Za-z]:\\)[\w@%+=:,.~/\\ -]*["']?$/;
/** A structure: its members are settings of their own. */
const MAPPING = /^\{\s*["']?[\w.-]+["']?\s*:/;
const KEY_FILE = /^["']?[\w./$%{}~-]+\.(?:pem|key|crt|cer|der|p12|pfx|jks|gpg|asc|pub)["']?(?:[\s#].*)?$/;
const PUBLIC = /^(?:(?:ssh|ecdsa|sk)-[\w@.-]+ AAAA|-----BEGIN (?!.*PRIVATE))/;
const ADDRESS = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;

/** True for what is no secret whatever its key: a switch, a type, a path, a URL. */
export function isPlain(value: string): boolean {
  const head = value.trim().slice(0, 400);
  return (
    head === '' ||
    MAPPING.test(head) ||
    SWITCH.test(head) ||
    PATH.test(head) ||
    KEY_FILE.test(head) ||
    PUBLIC.test(head) ||
    ADDRESS.test(head)
  );
}

const LETTERS_ONLY = /^\p{L}[\p{L}\p{M} ,.'’!?:;()/-]*$/u;
const NAME = /^[A-Za-z_$][\w$]*(?:(?:\.|::|->|-)[A-Za-z_$][\w$]*)*$/;

/** True for a value that nobody would take for a word, a name or an expression: what an example is asked for. */
export function looksRandom(value: string): boolean {
  if (value.length < 6 || value.length > 4096 || /\s/.test(value) || LETTERS_ONLY.test(value)) return false;
  if (/[(){}<>$%\\[\]]|\.\.\./.test(value)) return false;
  const digits = /\d.*\d/s.exec(value)?.[0] ?? '';
  return /\d/.test(value) && (!NAME.test(value) || /[A-Za-z]/.test(digits) || /[a-z]\d{2,}$/.test(value));
}

/** True if the value of a secret setting is one that must go. */
export function isSecretValue(page: Page, place: Dialect, name: Name, value: Value): boolean {
  if (isStandIn(page, value.text)) return false;
  if (/credentials?\d*$|salt$|tokens$/i.test(name.text) && !looksRandom(value.text)) return false;
  if (!value.bare) return isSecretLiteral(page, place, name, value.text);
  if (place === 'code') return isSecretInCode(page, name, value.text);
  return place === 'prose' ? isSecretWord(page, value) : isSecretSetting(page, name, value.text);
}

function isStandIn(page: Page, value: string): boolean {
  return value.trim() === '' || isReference(value) || isPlain(value) || isAlias(page, value);
}

/** True if a name stands in a string, and is not the string itself. */
function isInString(page: Page, name: Name): boolean {
  const open = openQuote(name.line);
  return open !== '' && page.text.charAt(name.end) !== open;
}

/** In a distribution's own files a bare value of several words, or within a string, is mostly none. */
function isSecretSetting(page: Page, name: Name, value: string): boolean {
  return page.packaged && (/\s/.test(value) || isInString(page, name))
    ? looksRandom(value)
    : !isExpression(value);
}

function isAlias(page: Page, value: string): boolean {
  return /^[&*][A-Za-z][\w.-]*$/.test(value) && /\.ya?ml$/.test(page.path);
}

function isSecretLiteral(page: Page, place: Dialect, name: Name, value: string): boolean {
  if (place === 'config' && !page.packaged) return true;
  if (value.toLowerCase() === name.text.toLowerCase() || isSentence(value)) return false;
  return page.packaged ? looksRandom(value) : true;
}

/** A name or an access path, as far as such a thing can be told from a token. */
function isName(value: string): boolean {
  return /^[A-Za-z_][\w.]*[,;)}\]]*$/.test(value) && !/^(?=(?:[A-Za-z]*\d){4})[A-Za-z0-9]{20,}$/.test(value);
}

/** Outside of a literal, only what is no expression: an option in an example, a setting in a string. */
function isSecretInCode(page: Page, name: Name, value: string): boolean {
  const isQuoted = isInString(page, name) || /(?:^|\s)--?$/.test(name.line);
  return looksRandom(value) && (isQuoted || !isName(value));
}

/** Among words: what looks like a secret, what `=` is tied to, and what ends its line. */
function isSecretWord(page: Page, value: Value): boolean {
  if (looksRandom(value.text)) return true;
  if (page.packaged || /\s/.test(value.text)) return false;
  return value.rest.trim() === '' || page.text.charAt(value.start - 1) === '=';
}

/** A call, or the sources of nsswitch.conf. */
function isExpression(value: string): boolean {
  return (
    /^[A-Za-z_][\w.:]*\([^)]*\)?[,;]?$/.test(value) ||
    /^(?:(?:files|compat|db|nis|nisplus|hesiod|sss|ldap|systemd|winbind|\[!?\w+=\w+\])(?:\s+|$))+$/.test(
      value,
    )
  );
}

function isSentence(value: string): boolean {
  return /\s/.test(value) && /^[\p{L}\p{M}\s.,:;'’"!?()%-]+$/u.test(value);
}
