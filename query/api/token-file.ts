// The tokens of a data folder: a file for its owner alone, read again whenever it changes.
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnfoldError } from '../../schemas/error.ts';
import { TokenList, type StoredToken } from '../../schemas/token.ts';

const NAME = 'tokens.json';
/** Tells what it is where it turns up by mistake: in a log, a commit, a paste. */
const PREFIX = 'unfold_';
const BYTES = 32;

/** The tokens of one data folder. */
export class TokenFile {
  readonly #file: string;
  #read: { readonly stamp: string; readonly tokens: readonly StoredToken[] | null } | null = null;

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, NAME);
  }

  /** The tokens; null where there never was one. Throws UNFOLD_DATA_CORRUPT. */
  tokens(): readonly StoredToken[] | null {
    const stats = statSync(this.#file, { throwIfNoEntry: false, bigint: true });
    const stamp = stats === undefined ? '' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
    if (this.#read?.stamp !== stamp)
      this.#read = { stamp, tokens: stats === undefined ? null : readTokens(this.#file) };
    return this.#read.tokens;
  }

  /** The token that is worth something now, or null. */
  find(secret: string, now: Date): StoredToken | null {
    const digest = digestOf(secret);
    const found = (this.tokens() ?? []).find(({ sha256 }) =>
      timingSafeEqual(Buffer.from(sha256, 'hex'), digest),
    );
    if (found === undefined || (found.expires !== null && new Date(found.expires) <= now)) return null;
    return found;
  }

  /** Adds a token; returns it with its secret, which is kept nowhere. Throws UNFOLD_USAGE for a name that is taken. */
  create(
    wanted: Pick<StoredToken, 'name' | 'scopes' | 'labels' | 'expires'>,
    now: Date,
  ): { secret: string; token: StoredToken } {
    const tokens = this.tokens() ?? [];
    if (tokens.some(({ name }) => name === wanted.name))
      throw new UnfoldError('UNFOLD_USAGE', `There is a token ${JSON.stringify(wanted.name)} already.`, {
        remedy: 'Choose another name, or revoke that one.',
      });
    const secret = PREFIX + randomBytes(BYTES).toString('base64url');
    const sha256 = digestOf(secret).toString('hex');
    const token = { id: randomUUID(), ...wanted, sha256, created: now.toISOString() };
    this.#write([...tokens, token]);
    return { secret, token };
  }

  /** Removes the token with an id or name. Throws UNFOLD_TOKEN_UNKNOWN. */
  revoke(named: string): StoredToken {
    const tokens = this.tokens() ?? [];
    const found = tokens.find(({ id, name }) => id === named || name === named);
    if (found === undefined)
      throw new UnfoldError('UNFOLD_TOKEN_UNKNOWN', `There is no token ${JSON.stringify(named)}.`);
    this.#write(tokens.filter((token) => token !== found));
    return found;
  }

  /** A reader sees the tokens before or after, never a part. */
  #write(tokens: readonly StoredToken[]): void {
    const list: TokenList = { schema: 'unfold.tokens/1', tokens: [...tokens] };
    const whole = `${this.#file}.${randomUUID()}`;
    writeFileSync(whole, `${JSON.stringify(list, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(whole, this.#file);
  }
}

function readTokens(file: string): readonly StoredToken[] {
  try {
    return TokenList.parse(JSON.parse(readFileSync(file, 'utf8'))).tokens;
  } catch (cause) {
    throw new UnfoldError('UNFOLD_DATA_CORRUPT', `${file} is no list of tokens`, {
      remedy: 'Restore it from a backup, or remove it and create the tokens anew.',
      cause,
    });
  }
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
