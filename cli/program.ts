// Every command of `unfold` with its arguments and help; what a command does is loaded when it runs.
import { Command, CommanderError, Option } from 'commander';
import { UnfoldError } from '../schemas/error.ts';
import { addAskingCommands } from './commands/asking.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addCrawlingCommands } from './commands/crawling.ts';
import { addGivingCommands } from './commands/giving.ts';
import { addLookingBackCommands } from './commands/looking-back.ts';
import { addServingCommands } from './commands/serving.ts';
import { addWatchingCommands } from './commands/watching.ts';
import { nodeUrl } from './commands/values.ts';
import { endWithOutput, EXIT, reportFailure } from './failure.ts';
import { ENGINES } from './index-choice.ts';
import { version } from './package.ts';

const STATUS_HELP = `
Exit status:
  0  found (crawl: every system complete)
  1  nothing found, and every system could answer
  2  error (crawl: a target is wrong, or some system could not be read at all)
  3  nothing found, but not every system could answer (crawl: some system was read in part)
  130  interrupted`;

/** The command line as data; `finish` receives the exit status of the command that ran. */
function program(finish: (status: number) => void): Command {
  const root = new Command('unfold')
    .description('Search your data center like the Web: crawl systems from outside, index them, ask.')
    .version(version(), '--version', 'print the version')
    .option('--data <dir>', 'data folder (else $UNFOLD_DATA, the configuration, the XDG data folder)')
    .option('--config <file>', 'configuration file (else ./unfold.yaml, $XDG_CONFIG_HOME/unfold/unfold.yaml)')
    .addOption(
      new Option('--engine <engine>', 'where the index is (else $UNFOLD_ENGINE, the configuration)').choices(
        ENGINES,
      ),
    )
    .option('--elasticsearch-node <url>', 'node of Elasticsearch; may be given several times', nodeUrl)
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', STATUS_HELP)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  addCrawlingCommands(root, finish);
  addAskingCommands(root, finish);
  addLookingBackCommands(root, finish);
  addGivingCommands(root, finish);
  addWatchingCommands(root, finish);
  addServingCommands(root, finish);
  addCompletionCommand(root, finish);
  return root;
}

/** Runs a command line; returns its exit status. Errors are reported, never thrown. */
export async function run(argv: readonly string[]): Promise<number> {
  const asJson = argv.includes('--json') || argv.includes('--ndjson');
  endWithOutput(asJson);
  let status: number = EXIT.found;
  try {
    await program((ended) => (status = ended)).parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      // The reader of our output is gone, as it is after `head`.
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return EXIT.found;
      reportFailure(error, asJson);
      return EXIT.error;
    }
    if (error.exitCode === 0) return EXIT.found;
    // Without a command commander has printed the help already.
    if (error.code !== 'commander.help') reportFailure(usageError(error), asJson);
    return EXIT.error;
  }
}

function usageError({ message }: CommanderError): UnfoldError {
  const [what = '', ...hints] = message.replace(/^error: /, '').split('\n');
  const text = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return new UnfoldError('UNFOLD_USAGE', [text, ...hints].join(' '));
}
