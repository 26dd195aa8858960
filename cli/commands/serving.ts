// The commands that serve the index to others: their arguments, options and help.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ListenAddress } from '../../query/api/hosts.ts';
import type { Scope } from '../../schemas/token.ts';
import { examples, type Finish } from './help.ts';
import { countFrom1, keyValue } from './values.ts';

/** As the schema has them, here too so that no other command loads it. */
const SCOPES = ['search', 'read-content', 'ingest', 'admin'] as const satisfies readonly Scope[];

/** Adds serve and token. */
export function addServingCommands(root: Command, finish: Finish): void {
  addServe(root, finish);
  addToken(root, finish);
}

function addServe(root: Command, finish: Finish): void {
  root
    .command('serve')
    .summary('serve the index over HTTP: an API and a page')
    .description(
      'Serves the index over HTTP: the page at /, the API under /v1, described in /openapi.json and at /reference.\n' +
        'Only this machine may reach it while there are no tokens (unfold token create); once there are, each request\nunder /v1 needs one. What was asked is told in audit.ndjson of the data folder, and never in the log.',
    )
    .option('--listen <host:port>', 'where to listen', listenAddress, { host: '127.0.0.1', port: 8460 })
    .option('--metrics <host:port>', 'where Prometheus finds /metrics (default: nowhere)', listenAddress)
    .option('--tls-cert <file>', 'certificate chain for HTTPS, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--host-name <name>', 'a name, besides localhost, by which browsers reach it', collected)
    .option('--requests <n>', 'requests a second of one client', countFrom1, 2000)
    .option('--deadline <seconds>', 'seconds an answer may take', countFrom1, 10)
    .option('--page <dir>', 'folder of a built page (default: the one that came along)')
    .option('--read-only', 'take no frames, save no searches')
    .addOption(
      new Option('--log <level>', 'what is logged, as JSON on stderr')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .option('--json', 'errors as JSON, on stderr')
    .addHelpText(
      'after',
      examples(
        'unfold serve',
        'unfold serve --listen [::1]:8460 --metrics 127.0.0.1:8461 --log warn',
        'unfold serve --listen 0.0.0.0:8460 --host-name unfold.example.com --tls-cert cert.pem --tls-key key.pem',
        'curl -s "http://127.0.0.1:8460/v1/search?q=10.20.30.40"',
      ),
    )
    .action(async (_options, command: Command) => {
      const { serveCommand } = await import('./serve.ts');
      finish(await serveCommand(command.optsWithGlobals()));
    });
}

function addToken(root: Command, finish: Finish): void {
  const token = root
    .command('token')
    .summary('make, list and revoke tokens of the API')
    .description('Tokens of the API. They are kept hashed, in the data folder.');
  token
    .command('create')
    .description('Makes a token and prints it, this once.')
    .argument('<name>', 'who it is for; the audit log names it')
    .addOption(
      new Option('--scope <scope...>', 'what it allows; read-content: whole texts of files')
        .choices(SCOPES)
        .default(['search']),
    )
    .option('--label <key=value>', 'only systems with this label; may be given several times', keyValue)
    .option('--days <n>', 'days until it expires (default: never)', countFrom1)
    .option('--json', 'print JSON; errors too, on stderr')
    .addHelpText(
      'after',
      examples(
        'unfold token create firewall',
        'unfold token create team-web --scope search read-content --label tier=web --days 90',
        'unfold token create crawler1 --scope ingest',
      ),
    )
    .action(async (name: string, _options, command: Command) => {
      const { tokenCreateCommand } = await import('./token.ts');
      finish(await tokenCreateCommand(name, command.optsWithGlobals()));
    });
  token
    .command('list')
    .description('Lists the tokens: whose they are and what they allow.')
    .option('--json', 'print JSON; errors too, on stderr')
    .addHelpText('after', examples('unfold token list'))
    .action(async (_options, command: Command) => {
      const { tokenListCommand } = await import('./token.ts');
      finish(await tokenListCommand(command.optsWithGlobals()));
    });
  token
    .command('revoke')
    .description('Removes a token; a running server knows at once.')
    .argument('<token>', 'its name or id')
    .option('--json', 'print JSON; errors too, on stderr')
    .addHelpText('after', examples('unfold token revoke firewall'))
    .action(async (named: string, _options, command: Command) => {
      const { tokenRevokeCommand } = await import('./token.ts');
      finish(await tokenRevokeCommand(named, command.optsWithGlobals()));
    });
}

/** Parses HOST:PORT; an IPv6 address stands in brackets. */
function listenAddress(text: string): ListenAddress {
  const [, bracketed, plain, port = ''] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new InvalidArgumentError('It must be HOST:PORT, an IPv6 address in brackets.');
}

function collected(name: string, before: readonly string[] = []): string[] {
  return [...before, name];
}
