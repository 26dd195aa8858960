// The secrets planted in the demo fleet: made up here, so that none is in the repository, and the same every time.
import { createHash } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
/** The digits of base 32, in which AWS writes key identifiers. */
const BASE_32 = `${LETTERS}234567`;
const ALPHANUMERIC = `${LETTERS}${LETTERS.toLowerCase()}${DIGITS}`;

/** `length` characters of the alphabet, always the same for a name. */
function characters(name: string, length: number, alphabet: string): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash('sha512').update(`${name} ${block}`).digest()) {
      text += alphabet[byte % alphabet.length] ?? '';
    }
  }
  return text.slice(0, length);
}

function privateKey(): string {
  const body = characters('private-key', 5 * 70, `${ALPHANUMERIC}+/`).replace(/.{70}/g, '$&\n');
  const armor = (word: string): string => `-----${word} OPENSSH PRIVATE KEY-----`;
  return `${armor('BEGIN')}\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n${body}${armor('END')}`;
}

/** Value by the name that stands as `@@name@@` in the files of `systems/`. */
export const PLANTED_SECRETS: ReadonlyMap<string, string> = new Map([
  ['aws-access-key', `AKIA${characters('aws-access-key', 16, BASE_32)}`],
  ['aws-secret-key', characters('aws-secret-key', 40, `${ALPHANUMERIC}+/`)],
  ['backup-password', characters('backup-password', 20, ALPHANUMERIC)],
  ['billing-password', characters('billing-password', 18, ALPHANUMERIC)],
  ['github-token', `ghp_${characters('github-token', 36, ALPHANUMERIC)}`],
  ['mail-token', characters('mail-token', 32, ALPHANUMERIC)],
  ['monitoring-token', characters('monitoring-token', 40, ALPHANUMERIC)],
  ['private-key', privateKey()],
  ['redis-password', characters('redis-password', 24, ALPHANUMERIC)],
  ['root-password-hash', `$6$${characters('salt', 8, ALPHANUMERIC)}$${characters('hash', 86, ALPHANUMERIC)}`],
  ['shop-password', characters('shop-password', 18, ALPHANUMERIC)],
  [
    'web-operator-hash',
    `$apr1$${characters('web salt', 8, ALPHANUMERIC)}$${characters('web hash', 22, ALPHANUMERIC)}`,
  ],
]);

/** Fills in the secrets. Throws for a name that is not planted. */
export function plantSecrets(text: string): string {
  return text.replace(/@@([a-z-]+)@@/g, (_, name: string) => {
    const value = PLANTED_SECRETS.get(name);
    if (value === undefined) throw new Error(`no planted secret is called ${name}`);
    return value;
  });
}
