// The commands that look back: their arguments, options and help.
import type { Command } from 'commander';
import { examples, type Finish } from './help.ts';
import { amount } from './values.ts';

/** Adds log and diff. */
export function addLookingBackCommands(root: Command, finish: Finish): void {
  addLog(root, finish);
  addDiff(root, finish);
}

function addLog(root: Command, finish: Finish): void {
  root
    .command('log')
    .summary('list the crawls of a system')
    .description(
      'Lists the frames of a system, the newest first: when, how complete, how long the crawl took, how many facts ' +
        'it began (+), ended (-) and confirmed (=), entries by feature, problems, and times without crawls.',
    )
    .argument('<system>', 'id or name of a system, or how its id ends')
    .option('--limit <n>', 'frames to list, or all', amount(1), 20)
    .option('--json', 'print JSON; errors too, on stderr')
    .addHelpText('after', examples('unfold log web1', 'unfold log web1 --limit all --json'))
    .action(async (system: string, _options, command: Command) => {
      const { logCommand } = await import('./log.ts');
      finish(await logCommand(system, command.optsWithGlobals()));
    });
}

const DIFF_STATUS = `
Exit status:
  0  nothing differs
  1  something differs
  2  error
  3  nothing differs, but an end is partial or stale, or something was read at one end only`;

function addDiff(root: Command, finish: Finish): void {
  root
    .command('diff')
    .summary('show what changed in a system, or how two differ')
    .description(
      'Compares two states of a system (by default its last two frames), or two systems: packages with upgrades and ' +
        'downgrades, interfaces, sockets and processes by what they are, and files with the lines that differ.',
    )
    .argument('<system>', 'id or name of a system, or how its id ends')
    .argument('[other]', 'another system; without it, the system is compared with itself')
    .option('--from <instant>', 'state of the first end; by default the frame before that of the other')
    .option('--to <instant>', 'state of the second end; by default now')
    .option('--at <instant>', 'state of both systems as of then')
    .option('--feature <list>', 'compare only these, e.g. package,file')
    .option('--path <glob>', 'compare only files whose path matches, e.g. "/etc/*"')
    .option('--stat', 'only count what differs')
    .option('--all', 'files that were merely touched and connections that are closing, too')
    .option('--json', 'print JSON; errors too, on stderr')
    .addHelpText(
      'after',
      `${DIFF_STATUS}\n${examples(
        'unfold diff web1',
        'unfold diff web1 --from yesterday --path "/etc/*"',
        'unfold diff web1 --from 2026-11-01 --to 2026-11-08 --feature package',
        'unfold diff web1 web2 --stat',
      )}`,
    )
    .action(async (system: string, other: string | undefined, _options, command: Command) => {
      const { diffCommand } = await import('./diff.ts');
      finish(await diffCommand(system, other ?? null, command.optsWithGlobals()));
    });
}
