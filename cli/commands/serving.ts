// The commands that serve the index to others: their arguments, options and help.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ListenAddress } from '../../query/api/hosts.ts';
import { examples, type Finish } from './help.ts';
import { countFrom1 } from './values.ts';

/** Adds serve. */
export function addServingCommands(root: Command, finish: Finish): void {
  addServe(root, finish);
}

function addServe(root: Command, finish: Finish): void {
  root
    .command('serve')
    .summary('serve the index over HTTP: an API and a page')
    .description(
      'Serves the index over HTTP: the page at /, the API under /v1, described in /openapi.json and at /reference.\n' +
        'Only this machine reaches it. What was asked is told in audit.ndjson of the data folder, and never in the log.',
    )
    .option('--listen <host:port>', 'where to listen', listenAddress, { host: '127.0.0.1', port: 8460 })
    .option('--metrics <host:port>', 'where Prometheus finds /metrics (default: nowhere)', listenAddress)
    .option('--host-name <name>', 'a name, besides localhost, by which browsers reach it', collected)
    .option('--requests <n>', 'requests a second of one client', countFrom1, 2000)
    .option('--deadline <seconds>', 'seconds an answer may take', countFrom1, 10)
    .option('--read-only', 'take no frames')
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
        'curl -s "http://127.0.0.1:8460/v1/search?q=10.20.30.40"',
      ),
    )
    .action(async (_options, command: Command) => {
      const { serveCommand } = await import('./serve.ts');
      finish(await serveCommand(command.optsWithGlobals()));
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
