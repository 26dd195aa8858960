// The commands that look after the index: their arguments, options and help.
import type { Command } from 'commander';
import { examples, type Finish } from './help.ts';
import { countFrom1, positive } from './values.ts';

const JSON_OPTION = ['--json', 'print JSON; errors too, on stderr'] as const;

/** Adds status, verify, rebuild, export, import and retain to `unfold index`. */
export function addKeepingCommands(index: Command, finish: Finish): void {
  addStatus(index, finish);
  addVerify(index, finish);
  addRebuild(index, finish);
  addExport(index, finish);
  addImport(index, finish);
  addRetain(index, finish);
}

function addStatus(index: Command, finish: Finish): void {
  index
    .command('status')
    .summary('say what is in the index')
    .description(
      'Says how many systems, frames, facts and texts are in the index, since when, and how large it is.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('unfold index status', 'unfold index status --json'))
    .action(async (_options, command: Command) => {
      const { indexStatusCommand } = await import('./index-status.ts');
      finish(await indexStatusCommand(command.optsWithGlobals()));
    });
}

function addVerify(index: Command, finish: Finish): void {
  index
    .command('verify')
    .summary('check that the index is sound')
    .description(
      'Checks every text against its hash, every term against its text, and facts, frames and systems against each\n' +
        'other. Changes nothing. Exit status 0: sound, 2: what is wrong is listed.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('unfold index verify', 'unfold index verify --json'))
    .action(async (_options, command: Command) => {
      const { indexVerifyCommand } = await import('./index-verify.ts');
      finish(await indexVerifyCommand(command.optsWithGlobals()));
    });
}

function addRebuild(index: Command, finish: Finish): void {
  index
    .command('rebuild')
    .summary('write the index anew, beside itself')
    .description(
      'Writes everything that the index knows into a new one, which takes the place of the old one once it is complete.\n' +
        'Meanwhile the old one is asked as ever, and indexing waits. It needs space for both. Interrupted, it leaves the\n' +
        'old one; what it leaves beside that, the next rebuild removes. In Elasticsearch, aliases then name the new indices.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('unfold index rebuild'))
    .action(async (_options, command: Command) => {
      const { indexRebuildCommand } = await import('./index-rebuild.ts');
      finish(await indexRebuildCommand(command.optsWithGlobals()));
    });
}

function addExport(index: Command, finish: Finish): void {
  index
    .command('export')
    .summary('write the history of all systems to a file')
    .description(
      'Writes the history of every system as frames (NDJSON) that any index takes, whichever its engine: a backup, or the\n' +
        'way to another engine. A name that ends in .gz or .zst packs the file; - is stdout.',
    )
    .argument('<file>', 'file to write, or -')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'unfold index export history.ndjson.zst',
        'unfold index export - | ssh index2 unfold index import -',
      ),
    )
    .action(async (file: string, _options, command: Command) => {
      const { indexExportCommand } = await import('./index-export.ts');
      finish(await indexExportCommand(file, command.optsWithGlobals()));
    });
}

function addImport(index: Command, finish: Finish): void {
  index
    .command('import')
    .summary('take an exported history')
    .description(
      'Takes what `unfold index export` wrote. What the index has already it skips: an import that was interrupted is\n' +
        'simply run again. A system of which the index has another history is left as it is and reported (exit status 2).',
    )
    .argument('<file...>', 'exported file, or -')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('unfold index import history.ndjson.zst', 'unfold --data new index import old.ndjson'),
    )
    .action(async (files: string[], _options, command: Command) => {
      const { indexImportCommand } = await import('./index-import.ts');
      finish(await indexImportCommand(files, command.optsWithGlobals()));
    });
}

function addRetain(index: Command, finish: Finish): void {
  index
    .command('retain')
    .summary('remove what is older than you need')
    .description(
      'Removes frames beyond the limits, and what had ended before the oldest frame that stays. What holds now, the\n' +
        'newest frame of each system and later failures always stay; no answer for a time that stays changes. Without\n' +
        'options the limits of the configuration (index.retention) count, as they do after each indexing run.',
    )
    .option('--days <n>', 'remove frames that are older', positive)
    .option('--frames <n>', 'keep so many frames per system', countFrom1)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('unfold index retain --days 90', 'unfold index retain --frames 30 --days 365'),
    )
    .action(async (_options, command: Command) => {
      const { indexRetainCommand } = await import('./index-retain.ts');
      finish(await indexRetainCommand(command.optsWithGlobals()));
    });
}

/** Adds forget to `unfold systems`. */
export function addForgetCommand(systems: Command, finish: Finish): void {
  systems
    .command('forget')
    .summary('remove systems with all of their history')
    .description(
      'Removes systems from the index, with all of their history. It asks first; where nobody can be asked (stdin or\n' +
        'stderr is no terminal) it needs --yes.',
    )
    .argument('<system...>', 'id or name of a system')
    .option('--yes', 'do not ask')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('unfold systems forget web1', 'unfold systems forget disk:host1/srv/old.qcow2 --yes'),
    )
    .action(async (named: string[], _options, command: Command) => {
      const { systemsForgetCommand } = await import('./systems-forget.ts');
      finish(await systemsForgetCommand(named, command.optsWithGlobals()));
    });
}
