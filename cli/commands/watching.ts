// The commands of saved searches: their arguments, options and help.
import type { Command } from 'commander';
import { examples, type Finish } from './help.ts';

/** Adds saved and watch. */
export function addWatchingCommands(root: Command, finish: Finish): void {
  addSaved(root, finish);
  addWatch(root, finish);
}

const JSON_OPTION = ['--json', 'print JSON; errors too, on stderr'] as const;

function addSaved(root: Command, finish: Finish): void {
  const saved = root
    .command('saved')
    .summary('save searches under names')
    .description(
      'Saved searches: queries with names, kept in the data folder. `unfold watch` tells what changes.',
    );
  saved
    .command('add')
    .description('Saves a query under a name, in place of what had that name.')
    .argument('<name>', 'letters, digits, dots, hyphens and underscores')
    .argument('<query>', 'the query, as of unfold search')
    .option('--webhook <url>', 'http(s) URL to which events are posted; without it they go to stdout')
    .option('--secret-file <file>', 'what signs the events: 16 characters or more')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        `unfold saved add old-openssl 'package:openssl version:3.0.*'`,
        `unfold saved add db-clients 10.20.30.40 --webhook https://hooks.example.com/unfold --secret-file secret.txt`,
      ),
    )
    .action(async (name: string, query: string, _options, command: Command) => {
      const { savedAddCommand } = await import('./saved.ts');
      finish(await savedAddCommand(name, query, command.optsWithGlobals()));
    });
  saved
    .command('list')
    .description('Lists the saved searches. Secrets are never shown.')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('unfold saved list'))
    .action(async (_options, command: Command) => {
      const { savedListCommand } = await import('./saved.ts');
      finish(await savedListCommand(command.optsWithGlobals()));
    });
  for (const verb of ['show', 'remove'] as const)
    saved
      .command(verb)
      .description(
        verb === 'show' ? 'Shows a saved search.' : 'Removes a saved search; events that wait go with it.',
      )
      .argument('<name>', 'its name')
      .option(...JSON_OPTION)
      .addHelpText('after', examples(`unfold saved ${verb} old-openssl`))
      .action(async (name: string, _options, command: Command) => {
        const { savedRemoveCommand, savedShowCommand } = await import('./saved.ts');
        finish(
          await (verb === 'show' ? savedShowCommand : savedRemoveCommand)(name, command.optsWithGlobals()),
        );
      });
}

const WATCH_HELP = `
An event is a line of JSON: systems that entered the answer, left it, are unknown (they were in it, and their crawls
failed, were partial or are stale, so that nobody can tell) or known again; each with evidence and gaps. The first
event has all of the answer. Webhooks get it as POST with the headers Idempotency-Key (its id, the same however often
it comes), Unfold-Timestamp and Unfold-Signature: sha256=HEX, the HMAC-SHA256 of TIMESTAMP.BODY under the secret.
Network errors, 429 and 5xx are tried again, for as long as it takes; other answers drop the event.

Exit status of --once:
  0  every event was delivered
  2  error
  3  some event waits for its receiver, for the next run`;

function addWatch(root: Command, finish: Finish): void {
  root
    .command('watch')
    .summary('tell what enters and leaves the answers to saved searches')
    .description(
      'Asks saved searches again when frames are indexed, and on a schedule, and tells what changed: to webhooks, or on\n' +
        'stdout. What was told, and what waits, is kept in the data folder: a restart repeats nothing and loses nothing.',
    )
    .argument('[name...]', 'saved searches; without names all of them')
    .option('--every <schedule>', 'also without new frames: 30s, 5m, 1h, or a cron expression', '5m')
    .option('--once', 'ask and deliver once, for cron')
    .option('--json', 'errors as JSON, on stderr; events are JSON in any case')
    .addHelpText(
      'after',
      `${WATCH_HELP}\n${examples(
        'unfold watch',
        'unfold watch old-openssl --every "0 * * * *"',
        'unfold watch --once >> events.ndjson',
      )}`,
    )
    .action(async (names: string[], _options, command: Command) => {
      const { watchCommand } = await import('./watch.ts');
      finish(await watchCommand(names, command.optsWithGlobals()));
    });
}
