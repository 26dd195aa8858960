// Tells a secret value from what stands in its place: references, placeholders, switches, paths.
import { MASK } from './rule.ts';

/** Names of something that is filled in elsewhere, whole or at the beginning. */
const REFERENCE =
  /^(?:\$\{[\w.:-]+(?:\[[^\]]*\])?(?::?[-?+=]?)\}|\$\(|`|\$[A-Za-z_]\w*$|\$\d$|\{\{|\{%|<%|%\(\w|%\{|%[sdv]$|%[A-Z_][A-Z0-9_]*%$|@[A-Z_][A-Z0-9_]*@$|@\w+@$|__\w+__$|<[\w ./|-]+>$|\{[\w.:-]*\}$|\[[A-Za-z][\w -]*\]$|#\{|!(?:Ref|Sub|GetAtt|ImportValue|reference|env|secret)\b|\$\[|\$\$)/;
/** Nothing but filler. */
const FILLER = /^(?:[*•.#?_-]+|x{3,}|X{3,}|\.{2,}|…)$/;
/** Where a vault or a file holds the value. */
const ELSEWHERE =
  /^(?:vault:|op:\/\/|ssm:|arn:aws:|secretsmanager:|projects\/[\w-]+\/secrets\/|env:|env\.|os\.environ|process\.env|file:|keyring:|pass:|system:)/i;

/** True for what stands in place of a value: a variable, a template, a placeholder, the mask itself. */
export function isReference(value: string): boolean {
  const head = value.trim().slice(0, 200);
  return head.startsWith(MASK) || REFERENCE.test(head) || FILLER.test(head) || ELSEWHERE.test(head);
}

const SWITCH =
  /^(?:null|nil|none|undefined|true|false|yes|no|on|off|y|n|n\/a|required|optional|sufficient|requisite|include|substack|enabled?|disabled?|default|auto|unset|empty|string|str|text|bool|boolean|int|integer|number|object|bytes?|char|any|varchar(?:\(\d+\))?|todo|tbd|~|\d{1,2}|\[\]?|\{\}?|\(\)?|[|>][+-]?\d?|never|always|ask|prompt|hidden|masked|redacted|\[?redacted\]?|n\.a\.)[,;]?$/i;
const PATH =
  /^["']?(?:\/(?:etc|run|var|usr|home|opt|root|srv|tmp|dev|mnt|proc|sys|media|boot|secrets?|vault)\/|\.{1,2}\/|~\/|[A-Za-z]:\\)[\w@%+=:,.~/\\ -]*["']?$/;
const ADDRESS = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;

/** True for what is no secret whatever its key: a switch, a type, a path, a URL. */
export function isPlain(value: string): boolean {
  const head = value.trim().slice(0, 400);
  return head === '' || SWITCH.test(head) || PATH.test(head) || ADDRESS.test(head);
}

const LETTERS_ONLY = /^\p{L}[\p{L}\p{M} ,.'’!?:;()/-]*$/u;
const NAME = /^[A-Za-z_$][\w$]*(?:(?:\.|::|->|-)[A-Za-z_$][\w$]*)*$/;

/** True for a value that nobody would take for a word, a name or an expression: what a packaged example is asked for. */
export function looksRandom(value: string): boolean {
  if (value.length < 6 || value.length > 4096 || /\s/.test(value) || LETTERS_ONLY.test(value)) return false;
  if (/[(){}<>$%\\[\]]/.test(value)) return false;
  return /\d/.test(value) && (!NAME.test(value) || /\d.*[A-Za-z].*\d|[a-z]\d{2,}$/.test(value));
}
