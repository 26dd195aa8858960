// Masks password hashes and web tokens, which are recognised by their own form.
import { form } from './form.ts';
import { NOTHING } from './rule.ts';
import type { Rule, Span } from './rule.ts';

const HASH = 'password-hash';

/** `$6$salt$hash` and its kin, as crypt(3), LDAP, PHP, Apache, Python, GRUB and PostgreSQL write them. */
export const passwordHashes: readonly Rule[] = [
  form(HASH, ['?$1$#', '$apr1$', '$md5?'], /\$(?:1|apr1|md5)[$,][\w./$,=-]{0,64}\$[\w./]{22}/i),
  form(HASH, ['?$5$#', '?$6$#'], /\$[56]\$(?:rounds=\d{1,9}\$)?[^\s$:"'\\]{0,16}\$[\w./]{43,86}/),
  form(HASH, ['?$y$#', '$gy$?', '?$7$#'], /\$(?:g?y|7)\$[\w./$]{20,300}/),
  form(HASH, ['$2a$?', '$2b$?', '$2x$?', '$2y$?'], /\$2[abxy]\$\d\d\$[\w./]{53}/),
  form(HASH, ['$argon2', '$scrypt$', '$pbkdf2'], /\$(?:argon2|scrypt|pbkdf2)[\w$,=+./-]{20,400}/),
  form(HASH, ['$sha1$', '$p$b?', '$p$d?', '$h$9?'], /\$(?:sha1\$\d+\$[\w./$]{20,100}|[PH]\$[\w./]{31})/i),
  form(
    HASH,
    ['pbkdf2_sha', 'grub.pbkdf2.sha', 'scrypt:'],
    /(?:pbkdf2_sha\d+|grub\.pbkdf2\.sha\d+|scrypt:\d+:\d+:\d+)[$.][\w$+/=.]{30,600}/i,
  ),
  form(HASH, ['scram-sha-'], /SCRAM-SHA-\d+\$\d+:[\w+/=]{8,64}\$[\w+/=]{20,100}:[\w+/=]{20,100}/i),
  form(
    HASH,
    ['{ssha', '{smd5}', '{sha}', '{crypt}', '{pbkdf2', '{argon2'],
    /\{(?:S?SHA\d*|SMD5|CRYPT|PBKDF2[\w-]*|ARGON2\w*)\}[\w+/=.$,]{13,400}/i,
  ),
];

/** How a header begins in Base64, by its first member. */
const JWT_TRIGGERS =
  'alg typ kid enc cty jku jwk x5c x5t x5u crit zip apu apv epk iss sub aud exp ver b64 url nonce'
    .split(' ')
    .flatMap((name) => [`{"${name}"`, `{ "${name}"`, `{\n  "${name}"`, `{\r\n  "${name}"`])
    .map((header) => Buffer.from(header).toString('base64url').slice(0, 6).toLowerCase());

/** A signed or encrypted JSON Web Token; its header is Base64 of `{"…`. */
export const jsonWebToken: Rule = form(
  'jwt',
  JWT_TRIGGERS,
  /(?<![\w+/.-])e[yw][\w-]{10,4096}\.[\w-]{4,16384}(?:\.[\w-]{2,4096}){0,3}/,
);

const SHADOW_FIELDS = /^([^:\s]{1,64}):(!{0,2}[\w./$]{2,512}):\d{0,8}:\d*:\d*:\d*:\d*:\d*:\d*$/;

/** The hash in a line of a shadow file, of a form no other rule knows, inside a larger text. */
export const shadowLine: Rule = {
  name: HASH,
  triggers: [':99999:'],
  find(page, at): readonly Span[] {
    const lineStart = page.text.lastIndexOf('\n', at) + 1;
    if (at - lineStart > 1024) return NOTHING;
    const line = page.text.slice(lineStart, lineStart + 2048).split('\n', 1)[0] ?? '';
    const [, name, hash] = SHADOW_FIELDS.exec(line.trimEnd()) ?? [];
    if (name === undefined || hash === undefined) return NOTHING;
    const start = lineStart + name.length + 1;
    return [{ start, end: start + hash.length }];
  },
};
