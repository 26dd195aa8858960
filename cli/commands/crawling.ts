// The commands that fill the index or set it up: their arguments, options and help.
import { type Command, Option } from 'commander';
import { examples, type Finish } from './help.ts';
import { addKeepingCommands } from './keeping.ts';
import { countFrom1, keyValue } from './values.ts';

/** Adds crawl, index, config and demo. */
export function addCrawlingCommands(root: Command, finish: Finish): void {
  addCrawl(root, finish);
  addIndex(root, finish);
  addConfig(root, finish);
  addDemo(root, finish);
}

function addCrawl(root: Command, finish: Finish): void {
  root
    .command('crawl')
    .summary('crawl systems and index them')
    .description(
      'Crawls each system of the targets from outside, read-only, and indexes its frame.\n' +
        'A target is SCHEME:PLACE; without one, those of the configuration file are crawled.\n' +
        'Exit status 2: a target is wrong, or some system could not be read at all; 3: some was read in part. Failures\nof systems are recorded, and every answer names them.',
    )
    .argument(
      '[target...]',
      'host:, podman:, docker:, containerd:, nspawn:, lxc:, incus:, rootfs:PATH, disk:PATH or image:PATH',
    )
    .option('--frames <file>', 'write the frames (NDJSON) to a file as well, or to stdout: -')
    .option('--no-index', 'do not index')
    .option('--features <list>', 'read only these, e.g. os,package')
    .option('--name <name>', 'name of the system (one target)')
    .option('--label <key=value>', 'label of the systems; may be given several times', keyValue)
    .addOption(
      new Option('--format <format>', 'image format, if its name does not tell').choices(['raw', 'qcow2']),
    )
    .option(
      '--platform <os/arch>',
      'which build of container images is read; by default that for this machine',
    )
    .option('--concurrency <n>', 'systems crawled at a time', countFrom1)
    .addOption(
      new Option('--full', 'read everything again, whatever is known from the crawl before').conflicts(
        'delta',
      ),
    )
    .option('--pause', 'have running containers paused by their engine while they are read')
    .addOption(new Option('--follow', 'stay, and crawl containers as they begin and end').conflicts('full'))
    .option(
      '--lifetime <seconds>',
      'with --follow: containers that end sooner are not crawled',
      countFrom1,
      10,
    )
    .option('--rate <n>', 'with --follow: crawls a minute, however many containers begin', countFrom1, 30)
    .option('--delta', 'let --frames write what changed alone, for a taker who has every frame before')
    .option('--json', 'print a JSON line per system; errors as JSON too, on stderr')
    .addHelpText(
      'after',
      examples(
        'unfold crawl rootfs:/srv/web1 disk:/images/db.qcow2',
        'unfold crawl rootfs:/ --features os,package',
        'unfold crawl host: --features process,connection,interface',
        'unfold crawl podman: docker: --follow',
        'unfold crawl image:/srv/images/app.tar --platform linux/arm64',
        'unfold crawl disk:/images/app.img --format raw --label tier=app',
        'unfold crawl rootfs:/srv/web1 --frames web1.ndjson --no-index',
      ),
    )
    .action(async (targets: string[], _options, command: Command) => {
      const { crawlCommand } = await import('./crawl.ts');
      finish(await crawlCommand(targets, command.optsWithGlobals()));
    });
}

function addIndex(root: Command, finish: Finish): void {
  const index = root
    .command('index')
    .summary('index frames that were crawled elsewhere; look after the index')
    .description(
      'Indexes frames: NDJSON files (packed if they end in .gz or .zst), folders with *.ndjson in them, or - for stdin.\n' +
        'The commands below look after the index; a frame file of such a name is written with its path: ./status.',
    )
    .argument('<frame...>', 'frame file, folder, or -')
    .option('--json', 'print a JSON line per frame; errors as JSON too, on stderr')
    .addHelpText(
      'after',
      examples(
        'unfold index web1.ndjson',
        'ssh db1 unfold crawl rootfs:/ --no-index --frames - | unfold index -',
      ),
    )
    .action(async (frames: string[], _options, command: Command) => {
      const { indexCommand } = await import('./index-frames.ts');
      finish(await indexCommand(frames, command.optsWithGlobals()));
    });
  addKeepingCommands(index, finish);
}

function addConfig(root: Command, finish: Finish): void {
  const config = root
    .command('config')
    .summary('check the configuration file')
    .description('The configuration file.');
  config
    .command('check')
    .description('Validates a configuration file and names each mistake with its line.')
    .argument('[file]', 'else --config, ./unfold.yaml or the one in the XDG configuration folder')
    .option('--json', 'print the configuration with its defaults; errors as JSON on stderr')
    .addHelpText('after', examples('unfold config check', 'unfold config check deploy/unfold.yaml --json'))
    .action(async (file: string | undefined, _options, command: Command) => {
      const { configCheckCommand } = await import('./config-check.ts');
      finish(configCheckCommand(file, command.optsWithGlobals()));
    });
}

function addDemo(root: Command, finish: Finish): void {
  root
    .command('demo')
    .summary('make, crawl and ask a small fleet')
    .description(
      'Makes a small fleet of real systems in the folder demo of the data folder (once), crawls it,\n' +
        'asks which systems reference an address, and says how to go on.',
    )
    .action(async (_options, command: Command) => {
      const { demoCommand } = await import('./demo.ts');
      finish(await demoCommand(command.optsWithGlobals()));
    });
}
