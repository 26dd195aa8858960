// unfold token: makes, lists and revokes tokens of the API.
import { UnfoldError } from '../../schemas/error.ts';
import type { Scope, StoredToken } from '../../schemas/token.ts';
import { TokenFile } from '../../query/api/token-file.ts';
import { EXIT } from '../failure.ts';
import { makeDataFolder, settings, type GlobalOptions } from '../settings.ts';
import { harmless, paint, print, say, toJson } from '../terminal.ts';

type Options = GlobalOptions & { json?: boolean };

const DAY_MS = 86_400_000;

/** Options of `token create`. */
export interface TokenCreateOptions extends Options {
  scope: Scope[];
  label?: Record<string, string>;
  days?: number;
}

/** Prints a new token; returns the exit status. Throws UNFOLD_USAGE. */
export async function tokenCreateCommand(name: string, options: TokenCreateOptions): Promise<number> {
  const { scope, label = null, days } = options;
  if (label !== null && scope.some((one) => one === 'ingest' || one === 'admin'))
    throw new UnfoldError(
      'UNFOLD_USAGE',
      'A label says whose answers are seen; frames come from any system.',
      {
        remedy: 'Make a token for frames, and another with the label.',
      },
    );
  const tokens = await tokenFile(options);
  const now = new Date();
  const expires = days === undefined ? null : new Date(now.getTime() + days * DAY_MS).toISOString();
  const { secret, token } = tokens.create({ name, scopes: scope, labels: label, expires }, now);
  if (options.json === true) {
    print(`${toJson({ ...shown(token), token: secret })}\n`);
    return EXIT.found;
  }
  say(`${tokenText(token)}\nThe token, which is shown this once:`);
  print(`${secret}\n`);
  return EXIT.found;
}

/** Prints the tokens, without what they are; returns the exit status: 1 if there are none. */
export async function tokenListCommand(options: Options): Promise<number> {
  const tokens = (await tokenFile(options)).tokens() ?? [];
  if (options.json === true) print(`${toJson({ tokens: tokens.map(shown) })}\n`);
  else for (const token of tokens) print(`${tokenText(token)}\n`);
  return tokens.length > 0 ? EXIT.found : EXIT.none;
}

/** Removes a token; returns the exit status. Throws UNFOLD_TOKEN_UNKNOWN. */
export async function tokenRevokeCommand(named: string, options: Options): Promise<number> {
  const token = (await tokenFile(options)).revoke(named);
  if (options.json === true) print(`${toJson(shown(token))}\n`);
  else print(`revoked ${tokenText(token)}\n`);
  return EXIT.found;
}

async function tokenFile(options: Options): Promise<TokenFile> {
  const { dataFolder } = await settings(options);
  makeDataFolder(dataFolder);
  return new TokenFile(dataFolder);
}

function shown({ id, name, scopes, labels, created, expires }: StoredToken): object {
  return { id, name, scopes, labels, created, expires };
}

function tokenText({ id, name, scopes, labels, expires }: StoredToken): string {
  const about = [
    id,
    scopes.join(' '),
    ...Object.entries(labels ?? {}).map(([key, value]) => harmless(`${key}=${value}`)),
    expires === null ? 'never expires' : `expires ${expires}`,
  ];
  return `${paint('bold', harmless(name))}  ${paint('dim', about.join(' · '))}`;
}
