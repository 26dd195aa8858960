// The commands that ask the index: their arguments, options and help.
import { type Command, Option } from 'commander';
import { MATCH_MODES, RECONCILIATIONS, ROLES } from '../../query/lookup/choices.ts';
import { examples, type Finish } from './help.ts';
import { addForgetCommand } from './keeping.ts';
import { amount, several, someOf } from './values.ts';

/** Adds search, fields, lookup, systems and frame. */
export function addAskingCommands(root: Command, finish: Finish): void {
  addSearch(root, finish);
  addFields(root, finish);
  addLookup(root, finish);
  addSystems(root, finish);
  addFrame(root, finish);
}

const JSON_OPTION = ['--json', 'print JSON; errors too, on stderr'] as const;
const NDJSON_OPTION = ['--ndjson', 'print a system a line, then a line with the rest of the answer'] as const;
const CSV_OPTION = [
  '--csv',
  "print CSV, one piece of evidence a row (a cell that begins with = + - @ gets a ' in front)",
] as const;
const AT_OPTION = [
  '--at <instant>',
  'answer as of then: 2026-11-22 (its end), 2026-11-22T10:00, now-1d, yesterday; UTC',
] as const;

function addSearch(root: Command, finish: Finish): void {
  root
    .command('search')
    .summary('find systems by words, fields and addresses')
    .description(
      'Finds the systems in which every term holds: words, "phrases", /regex/, field:value, addresses, networks, ranges;\n' +
        '-x or NOT x, AND, OR, ( ), * and ?, > >= < <= and a..b, file:(…) for conditions on one fact, at:INSTANT,\n' +
        'changed:TIME. Without a query: all systems. `unfold fields` says more.',
    )
    .argument('[query...]', 'the query; its words are joined by blanks')
    .helpOption('--help', 'display help for command')
    .allowUnknownOption()
    .option(...JSON_OPTION)
    .option(...NDJSON_OPTION)
    .option(...CSV_OPTION)
    .option('--limit <n>', 'systems to list, or all (default: 20; all with --ndjson and --csv)', amount(1))
    .option('--evidence <n>', 'pieces of evidence per system, or all', amount(0), 3)
    .option(...AT_OPTION)
    .option('--cursor <cursor>', 'go on after the answer that had this cursor')
    .option('--explain', 'show what each score is the sum of')
    .option(
      '--facet <facet>',
      'count systems by these alone: kind, label, os, package, port, crawled, directory, feature; package~ngi: values\n' +
        'with that text, directory/etc: directories right below, port:1000: a histogram (may be given several times)',
      several,
    )
    .option('--facet-size <n>', 'values per facet (default: 5)', amount(1))
    .option(
      '--narrow <value>',
      'only systems with one of these values of a facet: package:nginx, -kind:vm; it still counts its other values\n(may be given several times)',
      several,
    )
    .addHelpText(
      'after',
      examples(
        'unfold search 10.20.30.40',
        'unfold search package:nginx 10.20.0.0/16',
        `unfold search '"max_connections = 100" -os:debian'`,
        `unfold search 'path:/etc/nginx/* at:yesterday'`,
        'unfold search changed.package:now-1d os:debian',
        `unfold search '-changed:>=2026-11-01'`,
        `unfold search 'package:openssl version:<3.0.11'`,
        `unfold search 'connection:(remote:10.0.0.0/8 port:5432)'`,
      ),
    )
    .action(async (_words: string[], _options, command: Command) => {
      const query = queryOf(command, process.argv.includes('--'));
      const { searchCommand } = await import('./search.ts');
      finish(await searchCommand(query, command.optsWithGlobals()));
    });
}

/** The words of a query. Unknown options are negated terms (-nginx), unless they look like options of ours. */
function queryOf(command: Command, isQuoted: boolean): string {
  const unknown = command.args.find((word) => /^--[a-z]/.test(word));
  if (unknown !== undefined && !isQuoted) command.error(`error: unknown option '${unknown}'`);
  const divider = command.args.indexOf('--');
  return command.args.filter((_, index) => index !== divider).join(' ');
}

function addFields(root: Command, finish: Finish): void {
  root
    .command('fields')
    .summary('say what can be asked, and by which fields')
    .description(
      'Says how to ask, with an example each, and lists every field; of named fields the ways to ask for values.',
    )
    .argument('[field...]', 'fields to say more of')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('unfold fields', 'unfold fields version remote'))
    .action(async (names: string[], _options, command: Command) => {
      const { fieldsCommand } = await import('./fields.ts');
      finish(fieldsCommand(names, command.optsWithGlobals()));
    });
}

function addLookup(root: Command, finish: Finish): void {
  root
    .command('lookup')
    .summary('find every place where an address, network, host name or port is written')
    .description(
      'Finds every system that has to do with an address, network, range, host name or port, with every place where ' +
        'it is written and how what is written relates to what was asked: exact, contained, containing or ' +
        'overlapping. A name is also looked for by the addresses that hosts files, host names and interfaces of ' +
        'the systems give it.',
    )
    .argument(
      '[asked...]',
      '10.1.2.3, 10.1.0.0/16, 10.1.2.1-10.1.2.9, fe80::1, db1.example.org, 10.1.2.3:5432, :5432; - reads lines of them',
    )
    .option('--file <file>', 'look up the lines of a file; # begins a comment')
    .addOption(
      new Option('--match <relation>', 'list what is related so').choices(MATCH_MODES).default('any'),
    )
    .option(
      '--role <role>',
      `list what is that to its system: ${ROLES.join(', ')}; may be given several times`,
      someOf(ROLES),
    )
    .option('--scope <query>', 'speak for the systems that a query finds only, such as label:env=prod')
    .option('--names', 'look for addresses by their names as well')
    .addOption(
      new Option(
        '--reconcile <difference>',
        'compare what a system writes with what it is connected to',
      ).choices(RECONCILIATIONS),
    )
    .option(...JSON_OPTION)
    .option(...NDJSON_OPTION)
    .option(...CSV_OPTION)
    .addOption(
      new Option('--evidence <n>', 'pieces of evidence per system, or all')
        .argParser(amount(0))
        .default(Infinity, 'all'),
    )
    .option(...AT_OPTION)
    .option('--from <instant>', 'answer for all that held at any time from then on …')
    .option('--to <instant>', '… until then; else now')
    .addHelpText(
      'after',
      examples(
        'unfold lookup 10.20.30.40',
        'unfold lookup 10.0.0.0/8 2001:db8::/32 --csv',
        'unfold lookup db1.example.org:5432 --role connects-to',
        'unfold lookup --file addresses.txt --match exact --scope label:env=prod --json',
        'unfold lookup 10.20.0.0/16 --from now-30d --reconcile configured-not-connected',
      ),
    )
    .action(async (asked: string[], _options, command: Command) => {
      const { lookupCommand } = await import('./lookup.ts');
      finish(await lookupCommand(asked, command.optsWithGlobals()));
    });
}

function addSystems(root: Command, finish: Finish): void {
  const systems = root
    .command('systems')
    .summary('list the systems of the index, or forget some')
    .description('Lists every system with its last frame, its problems, and the failure of its last crawl.')
    .option(...JSON_OPTION)
    .option(...AT_OPTION)
    .addHelpText('after', examples('unfold systems', 'unfold systems --json --at now-7d'))
    .action(async (_options, command: Command) => {
      const { systemsCommand } = await import('./systems.ts');
      finish(await systemsCommand(command.optsWithGlobals()));
    });
  addForgetCommand(systems, finish);
}

function addFrame(root: Command, finish: Finish): void {
  const frame = root.command('frame').summary('show a frame').description('Frames: crawls of one system.');
  frame
    .command('show')
    .description('Prints a frame as one JSON document: a frame file, or the state of a system of the index.')
    .argument('<frame>', 'frame file, or id or name of a system, or how its id ends')
    .option('--at <instant>', 'state of the system as of then')
    .option('--json', 'errors as JSON, on stderr; the document is JSON in any case')
    .addHelpText('after', examples('unfold frame show web1.ndjson', 'unfold frame show web1 --at yesterday'))
    .action(async (shown: string, _options, command: Command) => {
      const { frameShowCommand } = await import('./frame-show.ts');
      finish(await frameShowCommand(shown, command.optsWithGlobals()));
    });
}
