// Masks private keys that stand inside a larger text, and keeps everything else of it.
import { form } from './form.ts';
import { MASK, NOTHING } from './rule.ts';
import type { Page, Rule, Span } from './rule.ts';

const BEGIN = /-{4,5} ?BEGIN [\w .-]{0,40}(?:PRIVATE KEY|Static key)[\w ]{0,20} ?-{4,5}/y;
/** A run that can only be encoded bytes; the shortest private key has 64 characters of Base64. */
const ENCODED = /[A-Za-z0-9+/]{30}|(?:[0-9a-f]{16,64}\s+){4}/;
/** What continues a key whose end is missing. */
const ENCODED_LINES =
  /(?:[^\S\n]|[#>*"'+,;\\]|\\n|\r?\n|(?:Proc-Type|DEK-Info|Version|Comment|Charset): [^\n]{0,200}|[A-Za-z0-9+/=]{16,}|[A-Za-z0-9+/]+=*(?=\s|$|["'\\]))+/y;

/** The body of the private key whose first marker has a trigger at `at`. */
function pemBody(page: Page, at: number): readonly Span[] {
  const { text } = page;
  let begin = at;
  while (begin > 0 && at - begin < 5 && text.charAt(begin - 1) === '-') begin--;
  BEGIN.lastIndex = begin;
  if (!BEGIN.test(text)) return NOTHING;
  const start = BEGIN.lastIndex;
  const dashes = text.indexOf('----', start);
  const ended = dashes >= 0 && /^-{4,5} ?END/.test(text.slice(dashes, dashes + 10));
  let end = ended ? dashes : unendedBody(text, start);
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  const body = text.slice(start, end);
  return ENCODED.test(body) && !body.trimStart().startsWith(MASK) ? [bodySpan(text, start, end)] : NOTHING;
}

function unendedBody(text: string, start: number): number {
  ENCODED_LINES.lastIndex = start;
  return ENCODED_LINES.test(text) ? ENCODED_LINES.lastIndex : start;
}

/** The line of the marker stays as it is. */
function bodySpan(text: string, start: number, end: number): Span {
  let first = start;
  while (first < end && /\s/.test(text.charAt(first))) first++;
  return { start: first, end };
}

/** Everything between the markers of a PEM, OpenSSH, SSH2 or OpenPGP private key, or after the first if it is cut off. */
const privateKeyBlock: Rule = {
  name: 'private-key',
  triggers: ['--begin ', '-- begin '],
  find: pemBody,
};

const BASE64_LINES =
  /[A-Za-z0-9+/=_-]+(?:(?:\\n|\r?\n)[^\S\n]*[A-Za-z0-9+/=_-]{40,})*(?:(?:\\n|\r?\n)[^\S\n]*[A-Za-z0-9+/]+={1,2}(?=\s|$))?/y;

/** A PEM private key that was encoded again, as Kubernetes does; certificates encoded that way stay. */
const encodedPrivateKey: Rule = {
  name: 'private-key',
  triggers: ['ls0tls1crudjti'],
  find(page, at) {
    const head = Buffer.from(page.text.slice(at, at + 120), 'base64').toString('latin1');
    if (!/^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(head)) return NOTHING;
    BASE64_LINES.lastIndex = at;
    return BASE64_LINES.test(page.text) ? [{ start: at, end: BASE64_LINES.lastIndex }] : NOTHING;
  },
};

const AGE_KEY = /AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20,4000}/iy;

/** The one-line secret key of age. */
const ageKey: Rule = {
  name: 'private-key',
  triggers: ['age-secret-key-'],
  find(page, at) {
    AGE_KEY.lastIndex = at;
    return AGE_KEY.test(page.text) ? [{ start: at, end: AGE_KEY.lastIndex }] : NOTHING;
  },
};

const PUTTY = /Private-Lines: \d{1,4}\r?\n((?:[A-Za-z0-9+/=]{1,100}\r?\n?){1,400})/iy;
const PUTTY_MAC = /Private-(?:MAC|Hash): ([0-9a-f]{8,128})/iy;

function sticky(pattern: RegExp): Rule['find'] {
  return (page, at) => {
    pattern.lastIndex = at;
    const value = pattern.exec(page.text)?.[1]?.trimEnd();
    if (value === undefined) return NOTHING;
    const start = page.text.indexOf(value, at);
    return [{ start, end: start + value.length }];
  };
}

/** The private half of a PuTTY key, and the checksum over it. */
const puttyKey: Rule = { name: 'private-key', triggers: ['private-lines:'], find: sticky(PUTTY) };
const puttyMac: Rule = {
  name: 'private-key',
  triggers: ['private-mac:', 'private-hash:'],
  find: sticky(PUTTY_MAC),
};

const JWK_MEMBERS = /"(?:d|p|q|dp|dq|qi|k)"\s{0,4}:\s{0,4}"([^"\\\n]{4,4096})"/g;

/** The private members of a JSON Web Key, in the object around `"kty"`. */
const jsonWebKey: Rule = {
  name: 'private-key',
  triggers: ['"kty"'],
  find({ text }, at) {
    const before = text.slice(Math.max(0, at - 8192), at);
    const lead = before.slice(before.lastIndexOf('{') + 1);
    const object = lead + (text.slice(at, at + 8192).split('}', 1)[0] ?? '');
    return Array.from(object.matchAll(JWK_MEMBERS), (member) => {
      const stop = at - lead.length + member.index + member[0].length - 1;
      return { start: stop - (member[1] ?? '').length, end: stop };
    });
  },
};

/** An Ansible vault inside of YAML: encrypted, of no use to a search, and its password may be weak. */
const inlineVault: Rule = form(
  'private-key',
  ['$ansible_vault'],
  /\$ANSIBLE_VAULT;[^\n]{0,200}\n[^\S\n]*((?:[0-9a-f]{2,200}\r?\n?[^\S\n]*){1,2000})(?<=[0-9a-f])/,
);

/** Every rule on private keys. */
export const privateKeys: readonly Rule[] = [
  privateKeyBlock,
  encodedPrivateKey,
  ageKey,
  puttyKey,
  puttyMac,
  jsonWebKey,
  inlineVault,
];
