// Masks secrets in settings that need no separator: a word, then the value, as servers, installers and routers write it.
import { form, unlessExample } from './form.ts';
import { lineAfter, lineBefore } from './names.ts';
import { NOTHING } from './rule.ts';
import { isPlain, isReference, looksRandom } from './values.ts';
import { blockBelow, itemsBelow } from './value-blocks.ts';
import type { Page, Rule, Span } from './rule.ts';

const NAME = 'directive';

/** Words that begin a line whose only argument is secret; the second is an optional qualifier. */
const WORD =
  /^(?:requirepass|masterauth|rootpw|bindpw|binddn_?pw|(?:[\w.-]{1,40}[_.-])?(?:password|passwd|passphrase|secret)|auth_pass|authpass|ldap_bindpw|rootbindpw|adminpw|ro_?community6?|rw_?community6?|trapcommunity|remotepass|default-auth-token|static-auth-secret|cli-password|auth_token|stats_password|key-string|pre-shared-key|psk|insecure-password|enable (?:secret|password)|(?:user(?:name)? \S+ )(?:privilege \d+ )?(?:password|secret|insecure-password)|rootpw|snmp-server community|neighbor \S+ password)\s+(?:--plaintext\s+|--lock\s+|[0-9]\s+|--\s+)?(?:"([^"\n]{1,512})"|'([^'\n]{1,512})'|([^\s"'#;{}=:[]\S{0,511}))\s*(?:;\s*)?(?:(?:default(?=\s*$)|r[ow](?=\s|$)|[\da-f]+[.:][\da-f.:/]*|[#;]).{0,200})?$/di;

/** `requirepass VALUE`, `rootpw VALUE`, `rocommunity VALUE 10.0.0.0/8`. */
const directive: Rule = {
  name: NAME,
  triggers: [
    'pass~',
    'passw',
    'passp',
    'masterauth',
    'rootpw',
    'bindpw',
    'adminpw',
    'secret',
    'community',
    'auth_token',
    'key-string',
    'pre-shared-key',
    '?psk ',
  ],
  find(page, at) {
    if (page.dialect === 'code' || (page.dialect === 'prose' && page.packaged)) return NOTHING;
    const line = lineBefore(page.text, at);
    const start = at - line.trimStart().length;
    const match = WORD.exec(lineAfter(page.text, start));
    const place = match?.indices?.slice(1).find((indices) => indices !== undefined);
    if (place === undefined) return NOTHING;
    const value = page.text.slice(start + place[0], start + place[1]).replace(/;$/, '');
    if (!isValue(value) || (page.packaged && !looksRandom(value))) return NOTHING;
    return [{ start: start + place[0], end: start + place[0] + value.length }];
  },
};

function isValue(value: string): boolean {
  return (
    value !== '' && !isReference(value) && !isPlain(value) && !/^(?:--?\w|\w+\.so$|is$|for$)/.test(value)
  );
}

/** `machine HOST login USER password VALUE`, in one line or among others. */
const netrc: Rule = unlessExample(
  form(NAME, ['login '], /login[ \t]+\S{1,256}[ \t]+password[ \t]+(?!«)(\S{1,512})/i),
);

/** SQL: `IDENTIFIED BY 'VALUE'`, `PASSWORD 'VALUE'`. */
const sql: Rule = unlessExample(
  form(
    NAME,
    ['identified ', 'passw'],
    /(?<![\w.$])(?:identified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?|password(?:\s{1,4}|\s{0,4}\(\s{0,4}))'(?![<$%«])((?:[^'\n\\]|\\.|''){3,512})'(?!\s*[,\]]\s*['"])/i,
  ),
);

/** ipsec.secrets: `host peer : PSK "VALUE"`. */
const ipsec: Rule = form(
  NAME,
  ['psk "', "psk '", 'psk 0s', 'eap "', 'xauth "', 'ntlm "', ': rsa '],
  /(?<=:\s*)(?:PSK|EAP|XAUTH|NTLM)\s+(?:["']([^"'\n«]{1,512})["']|(?=0s)(\S{8,512}))/i,
);

/** Net-SNMP: `createUser name SHA "VALUE" AES "VALUE"`. */
const snmpUser: Rule = {
  name: NAME,
  triggers: ['createuser'],
  find(page, at) {
    if (lineBefore(page.text, at).trim() !== '') return NOTHING;
    return Array.from(lineAfter(page.text, at, 512).matchAll(/"([^"]+)"|\S+/g))
      .slice(3, 8)
      .filter(
        ([word]) =>
          !/^(?:-\w|MD5|SHA\S*|AES\S*|DES|0x$)$/i.test(word) && !isReference(word.replaceAll('"', '')),
      )
      .map(({ index, 0: word, 1: quoted }) => inside(at + index, word, quoted !== undefined));
  },
};

function inside(start: number, word: string, quoted: boolean): Span {
  return quoted ? { start: start + 1, end: start + word.length - 1 } : { start, end: start + word.length };
}

/** Debian's answers for its installer: `owner question password VALUE`. */
const preseed: Rule = form(
  NAME,
  ['passw'],
  /(?<=^[^\S\n]*[\w.+:-]{1,64}[ \t]+[\w.+-]{1,64}\/[\w.+/-]{1,128}[ \t]+)password[ \t]+(?!«)(\S[^\n\r]{0,511}?)[ \t]*(?=[\r\n]|$)/im,
);

const CHPASSWD = /chpasswd\s*:\s*(?:\r?\n[^\S\n]+expire:[^\n]*)?\r?\n([^\S\n]+)list\s*:/iy;

/** cloud-init: `chpasswd: {list: |}` with lines `user:VALUE`. */
const chpasswdList: Rule = {
  name: NAME,
  triggers: ['chpasswd'],
  find(page, at) {
    CHPASSWD.lastIndex = at;
    const indent = CHPASSWD.exec(page.text)?.[1];
    if (indent === undefined) return NOTHING;
    const start = CHPASSWD.lastIndex;
    const block = blockBelow(page.text, start, `${indent}list`);
    return (block === null ? itemsBelow(page.text, start, `${indent}list`) : [block]).flatMap((span) =>
      afterColons(page, span),
    );
  },
};

function afterColons(page: Page, { start, end }: Span): Span[] {
  return Array.from(
    page.text.slice(start, end).matchAll(/^(\s*(?:-\s+)?["']?[\w.-]+:)([^\s"':][^\n"']*)/gm),
    (match) => {
      const from = start + match.index + (match[1] ?? '').length;
      return { start: from, end: from + (match[2] ?? '').trimEnd().length };
    },
  ).filter(
    (span) =>
      !isReference(page.text.slice(span.start, span.end)) &&
      !/^R(?:ANDOM)?$/.test(page.text.slice(span.start, span.end)),
  );
}

const GRUB = /^password\s+[\w.-]{1,64}\s+(\S{2,512})\s*$/d;

/** GRUB: `password USER VALUE`. */
const grub: Rule = {
  name: NAME,
  triggers: ['passw'],
  find(page, at) {
    const match = GRUB.exec(lineAfter(page.text, at));
    const place = match?.indices?.[1];
    if (place === undefined || !/grub/i.test(page.path) || lineBefore(page.text, at).trim() !== '')
      return NOTHING;
    return isReference(match?.[1] ?? '') ? NOTHING : [{ start: at + place[0], end: at + place[1] }];
  },
};

/** `user:VALUE` where a word before tells that it is a login. */
const logins: readonly Rule[] = [
  form(NAME, ['stats auth'], /stats auth\s+[^\s:]{1,64}:(?![«$%])(\S{1,256})/i),
  form(NAME, ['login='], /login=[^\s:"'$«]{1,64}:(?![/$«])([^\s"']{2,256})/i),
  form(NAME, ['register =>'], /register =>\s*[^\s:@]{1,64}:(?!«)([^\s@]{1,256})@/i),
  form(NAME, ['static:'], /static:[^\s:"']{1,128}:(?![/«$])([^\s"']{2,256})/i),
  form(NAME, ['user = "'], /user = "[^\s:"]{1,64}:(?![/«$])([^\s"]{2,256})"/i),
  form(
    NAME,
    ['auth=(', 'auth = ('],
    /auth\s?=\s?\(\s*["'][^"'\n]{1,128}["'],\s*["'](?!«)([^"'\n]{1,256})["']/i,
  ),
].map(unlessExample);

/** Calls that take a user and a password by position. */
const calls: readonly Rule[] = [
  form(
    NAME,
    ['dbi->connect', 'mysql_connect', 'mysqli_connect', 'new mysqli', 'new pdo', 'getconnection'],
    /[\w >-]{7,14}\s?\(\s{0,40}[^,()\n]{1,300},\s{0,40}["'][^"'\n]{0,128}["'],\s{0,40}["'](?![«$])([^"'\n]{1,256})["']/i,
  ),
  form(NAME, ['to-securestring'], /to-securestring\s+(?:-string\s+)?["'](?![«$])([^"'\n]{1,256})["']/i),
].map(unlessExample);

/** Prose: `the password is VALUE`, where the value looks like one. */
const sentence: Rule = unlessExample(
  form(
    NAME,
    ['passw'],
    /passw(?:or[dt]|d)(?: (?:for|of|on) [\w.@-]{1,60})? (?:is|was|ist) ["'`]?((?=[^\s"'`]{0,64}\d)[^\s"'`,;«]{5,64}[^\s"'`,;.])/i,
  ),
);

/** Every rule on settings without a separator. */
export const directives: readonly Rule[] = [
  directive,
  netrc,
  sql,
  ipsec,
  snmpUser,
  preseed,
  chpasswdList,
  grub,
  ...logins,
  ...calls,
  sentence,
];
