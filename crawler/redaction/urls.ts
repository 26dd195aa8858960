// Masks the password of a URL and leaves its user, host, port and path, which are what people look for.
import { isReference } from './values.ts';
import { NOTHING } from './rule.ts';
import type { Page, Rule, Span } from './rule.ts';

const SCHEME_CHARACTER = /[a-z0-9+.-]/i;
/** What can stand between `://` and the end of the address; a bare quote only ends it where it also began it. */
const ADDRESS = /[^\s"<>`\\]{1,2048}/y;
/** Up to what ends a host, or a user. */
const HOST = /[^\s"<>`\\/?#@]{0,2048}/y;
/** `user:pa` of `user:pa/ss@host`, written without the escapes it needs; `host:80/x@y` is an ordinary address. */
const SLOPPY = /^[^:@/[]*:(?!\d*[/?#])/;
const EXAMPLE = /^(?:pass(?:word|wd|w)?|pw|pwd|p|secret|token|x)$/i;
/** A user name that is itself a token: long, and of mixed characters. */
const TOKEN_AS_USER = /^(?=[^/]*\d)(?=[^/]*[a-z])[\w.~+-]{20,}$/i;

function schemeStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 32 && SCHEME_CHARACTER.test(text.charAt(start - 1))) start--;
  return start;
}

/** Where the user information ends (the last `@` of the authority), or -1. */
function userInfoEnd(address: string): number {
  const path = address.search(/[/?#]/);
  const authority = path < 0 ? address : address.slice(0, path);
  const end = authority.lastIndexOf('@');
  if (end >= 0 || path < 0) return end;
  return SLOPPY.test(address) ? address.lastIndexOf('@') : -1;
}

/** The address from `start` on, if there may be a password in it: most have none. */
function addressAt(text: string, start: number): string {
  HOST.lastIndex = start;
  HOST.test(text);
  const stop = text.charAt(HOST.lastIndex);
  if (
    stop !== '@' &&
    (stop === '' || !'/?#'.includes(stop) || !SLOPPY.test(text.slice(start, HOST.lastIndex + 1)))
  )
    return '';
  ADDRESS.lastIndex = start;
  return ADDRESS.exec(text)?.[0] ?? '';
}

/** The secret part of `user:password@…`, as offsets in the address. */
function secretPart(page: Page, address: string): Span | null {
  const end = userInfoEnd(address);
  if (end <= 0) return null;
  const colon = address.slice(0, end).indexOf(':');
  const user = address.slice(0, colon < 0 ? end : colon);
  const password = colon < 0 ? '' : address.slice(colon + 1, end);
  if (TOKEN_AS_USER.test(user) && (password === '' || password === 'x-oauth-basic'))
    return { start: 0, end: user.length };
  if (password === '' || isReference(password)) return null;
  return page.packaged && EXAMPLE.test(password) ? null : { start: colon + 1, end };
}

/** The password of the URL with `://` at `at`. */
function find(page: Page, at: number): readonly Span[] {
  const start = at + 3;
  const address = addressAt(page.text, start);
  if (address === '') return NOTHING;
  const scheme = schemeStart(page.text, at);
  const quoted = page.text.charAt(scheme - 1) === "'";
  const span = scheme === at ? null : secretPart(page, quoted ? (address.split("'", 1)[0] ?? '') : address);
  return span === null ? NOTHING : [{ start: start + span.start, end: start + span.end }];
}

/** `scheme://user:PASSWORD@host`, percent-encoded or not, and `https://TOKEN@host`. */
export const urlPassword: Rule = { name: 'url-password', triggers: ['#://?'], find };

const ORACLE = /[\w$#."-]{1,128}\/([^@\s"']{1,256})@/y;

/** `jdbc:oracle:thin:user/PASSWORD@host`. */
export const oraclePassword: Rule = {
  name: 'url-password',
  triggers: [':thin:'],
  find(page, at) {
    ORACLE.lastIndex = at + 6;
    const password = ORACLE.exec(page.text)?.[1];
    if (password === undefined || isReference(password)) return NOTHING;
    const end = ORACLE.lastIndex - 1;
    return [{ start: end - password.length, end }];
  },
};
