// How the command starts and is set up: launcher, help, completion, configuration.
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Configuration } from '../../schemas/configuration.ts';
import { readConfiguration } from '../../cli/configuration.ts';
import { settings } from '../../cli/settings.ts';
import { Place, UNFOLD } from './process.ts';

const place = new Place();
afterAll(() => place.remove());

describe('the launcher', () => {
  test('follows links', async () => {
    symlinkSync(UNFOLD, place.path('absolute'));
    symlinkSync('absolute', place.path('relative'));
    const { status, stdout } = await place.run(place.path('relative'), ['--version']);
    expect({ status, stdout: stdout.trim() }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  /** A copy of the launcher beside which there is no Node, and a `node` on the PATH that answers `answers`. */
  async function startWith(answers: string) {
    const folder = place.path(`launcher-${answers}`);
    mkdirSync(`${folder}/package/cli`, { recursive: true });
    copyFileSync(UNFOLD, `${folder}/package/cli/unfold`);
    writeFileSync(`${folder}/node`, `#!/bin/sh\n[ "$1" = -p ] && echo ${answers} || echo "runs $*"\n`);
    chmodSync(`${folder}/node`, 0o755);
    return place.run(`${folder}/package/cli/unfold`, ['systems'], {
      env: { PATH: `${folder}:/usr/bin:/bin` },
    });
  }

  test('says in one line that Node is too old', async () => {
    const { status, stderr } = await startWith('20');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error UNFOLD_NODE_TOO_OLD: .*found 20.*\n$/);
  });

  test('takes a Node that is new enough, and the built program where there are no sources', async () => {
    const { stdout } = await startWith('24');
    expect(stdout).toMatch(/^runs (?:--[a-z-]+=\w+ )*.*\/package\/dist\/cli\/main\.js systems\n$/);
  });

  test('keeps compiled code in an existing data folder and nowhere else', async () => {
    const elsewhere = new Place();
    try {
      mkdirSync(elsewhere.path('home'));
      await elsewhere.unfold(['systems']);
      const { stdout } = await elsewhere.run('find', ['.', '-mindepth', '1']);
      expect(stdout.trim()).toBe('./home');
    } finally {
      elsewhere.remove();
    }
  });
});

const COMMANDS = [
  'crawl',
  'index',
  'search',
  'lookup',
  'systems',
  'frame show',
  'config check',
  'demo',
  'completion',
];

describe('help', () => {
  test.each(COMMANDS)('of %s', async (command) => {
    const { status, stdout, stderr } = await place.unfold([...command.split(' '), '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`Usage: unfold ${command}`);
    expect(stdout).toContain('--data <dir>');
  });

  test('names every command and the exit statuses', async () => {
    const { stdout } = await place.unfold(['--help']);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command.split(' ')[0]} `, 'm'));
    expect(stdout).toContain('Exit status:');
  });

  test('without a command goes to stderr', async () => {
    expect(await place.unfold([])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage:'),
    });
  });
});

describe('completion', () => {
  /** What bash offers after these words. */
  async function offered(...words: string[]): Promise<string[]> {
    const script = `source <("$0" completion bash); COMP_WORDS=(unfold "$@"); COMP_CWORD=$#; _unfold; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await place.run('bash', ['-c', script, UNFOLD, ...words]);
    expect(stderr).toBe('');
    return stdout.trimEnd().split('\n');
  }

  test('bash', async () => {
    const { stdout } = await place.unfold(['completion', 'bash']);
    writeFileSync(place.path('completion.bash'), stdout);
    expect(await place.run('bash', ['-n', place.path('completion.bash')])).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(await offered('s')).toEqual(['search', 'systems', 'sbom', 'saved', 'serve']);
    expect(await offered('search', '--l')).toEqual(['--limit']);
    expect(await offered('frame', '')).toContain('show');
    expect(await offered('frame', 'show', '--')).toEqual(expect.arrayContaining(['--at', '--data']));
    expect(await offered('completion', 'f')).toEqual(['fish']);
  });

  test('zsh and fish', async () => {
    expect((await place.unfold(['completion', 'zsh'])).stdout).toMatch(/^#compdef unfold\n/);
    const { stdout } = await place.unfold(['completion', 'fish']);
    expect(stdout).toContain(`complete -c unfold -n '__fish_seen_subcommand_from search' -l limit -d`);
  });

  test('no other shell', async () => {
    expect((await place.unfold(['completion', 'tcsh'])).status).toBe(2);
  });
});

describe('the configuration file', () => {
  function mistakes(text: string): string {
    writeFileSync(place.path('unfold.yaml'), text);
    try {
      readConfiguration(place.path('unfold.yaml'));
    } catch (error) {
      return (error as Error).message.replaceAll(dirname(place.path('unfold.yaml')), '');
    }
    return 'none';
  }

  test.each([
    ['', 'none'],
    ['targets:\n  - target: rootfs:/srv/a\n', 'none'],
    ['tragets: []\n', '/unfold.yaml:1:1: unknown key tragets; did you mean targets?'],
    [
      'crawl:\n  disk:\n    lunchSeconds: 5\n',
      '/unfold.yaml:3:5: unknown key lunchSeconds; did you mean launchSeconds?',
    ],
    [
      'targets:\n  - target: rootfs:/a\n    lables: {}\n',
      '/unfold.yaml:3:5: unknown key lables; did you mean labels?',
    ],
    ['zzz: 1\n', '/unfold.yaml:1:1: unknown key zzz'],
    ['crawl:\n  concurrency: many\n', '/unfold.yaml:2:16: crawl.concurrency: '],
    ['crawl:\n  concurrency: 0\n', '/unfold.yaml:2:16: crawl.concurrency: '],
    ['targets:\n  - name: x\n', '/unfold.yaml:2:5: targets.0.target: '],
    ['crawl: [\n', '/unfold.yaml:2:1: '],
    ['data: a\ndata: b\n', '/unfold.yaml:2:1: '],
    ['- a\n', '/unfold.yaml:1:1: '],
  ])('%j', (text, message) => {
    expect(mistakes(text)).toContain(message);
  });

  test('every mistake is named at once', () => {
    expect(mistakes('hots: a\ncrawl: {features: [fiel]}\n').split('\n')).toHaveLength(2);
  });

  test('without one the defaults are those of the schema', async () => {
    const defaults = Configuration.parse({});
    const settled = await settings({ data: '/somewhere' });
    expect(settled).toEqual({
      dataFolder: '/somewhere',
      index: { engine: 'embedded', dataFolder: '/somewhere' },
      staleAfterHours: defaults.coverage.staleAfterHours,
    });
  });

  test('config check', async () => {
    writeFileSync(place.path('good.yaml'), 'data: index\ntargets:\n  - target: rootfs:/srv/a\n');
    const { status, stdout } = await place.unfold(['config', 'check', 'good.yaml'], {
      env: { UNFOLD_DATA: '' },
    });
    expect(status).toBe(0);
    expect(stdout).toContain('valid, 1 target');
    expect(stdout).toContain(`data folder: ${place.path('index')}`);
    const json = await place.unfold(['config', 'check', 'good.yaml', '--json']);
    expect(Configuration.parse(JSON.parse(json.stdout)).targets).toHaveLength(1);
  });
});
