// Masks what a client proves itself with in a header or a registry login.
import { form, unlessExample } from './form.ts';
import { NOTHING } from './rule.ts';
import { isReference } from './values.ts';
import type { Rule, Span } from './rule.ts';

const NAME = 'authorization';

/** `Authorization: Bearer VALUE`, also quoted, in a configuration or on a command line. */
const header: Rule = unlessExample(
  form(
    NAME,
    ['authorization'],
    /authorization(?:\\*["']?\s{0,4}(?:[:=,]|=>)\s{0,4}\\*["']?|\s{1,4}\\*["'])(?:Basic|Bearer|Token|ApiKey|Negotiate|Digest|GSSAPI|AWS4-HMAC-SHA256|SSWS|GenieKey|Splunk)[ =]{1,4}(?![$<{%*])([^\s"'`<>\\]{4,8192})/i,
  ),
);

/** `Bearer VALUE` by itself. */
const bearer: Rule = form(NAME, ['bearer '], /Bearer (?=[\w.~+/-]{0,256}\d)([\w.~+/-]{20,4096}=*)/i);

const ENCODED = /_?auth\\*["']?\s{0,4}[:=]\s{0,4}\\*["']?([A-Za-z0-9+/]{4,4096}={0,2})(?![\w+/=.-])/iy;

/** Docker's `"auth": "…"` and npm's `_auth=…`: Base64 of `user:password`. */
const encodedLogin: Rule = {
  name: NAME,
  triggers: ['auth":', 'auth" :', '_auth', 'auth: '],
  find(page, at): readonly Span[] {
    ENCODED.lastIndex = at;
    const value = ENCODED.exec(page.text)?.[1];
    if (value === undefined || isReference(value)) return NOTHING;
    const login = Buffer.from(value, 'base64').toString('latin1');
    if (!/^[\x20-\x7e]{1,256}:[\x20-\x7e\x80-\xff]+$/.test(login)) return NOTHING;
    return [{ start: ENCODED.lastIndex - value.length, end: ENCODED.lastIndex }];
  },
};

/** Every rule on headers and logins. */
export const authorizations: readonly Rule[] = [header, bearer, encodedLogin];
