// Layers merged while they are read, against what the kernel's own overlay file system shows of them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import { openLayers } from '../../../crawler/views/container/merged-view.ts';
import { hasTool, inPrivateMounts } from '../../../crawler/process.ts';
import {
  collectRead,
  collectWalk,
  RecordedReport,
  systemViewConformance,
} from '../../conformance/system-view.ts';
import { requirement } from '../../requirements.ts';

const test = requirement(
  'root with mounts and getfattr',
  inPrivateMounts().length > 0 && hasTool('setfattr'),
  'whiteouts are devices, and the kernel is asked for comparison',
);
const folder = mkdtempSync(join(tmpdir(), 'unfold-layers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { signal } = new AbortController();

if (inPrivateMounts().length > 0 && hasTool('setfattr'))
  systemViewConformance('a view of layers', async (populate, report) => {
    const [upper, middle, lower] = ['upper', 'middle', 'lower'].map((name) => {
      const layer = mkdtempSync(join(folder, `${name}-`));
      mkdirSync(join(layer, 'etc'));
      return layer;
    }) as [string, string, string];
    for (const name of readdirSync(middle)) rmSync(join(middle, name), { recursive: true });
    populate(middle);
    // What a lower layer has, and what an upper one takes away, are no part of the tree.
    mkdirSync(join(lower, 'secret'));
    writeFileSync(join(lower, 'secret/file'), 'hidden');
    writeFileSync(join(lower, 'gone'), 'hidden');
    writeFileSync(join(lower, 'etc/exact'), 'another');
    for (const name of ['secret', 'gone']) execFileSync('mknod', [join(upper, name), 'c', '0', '0']);
    return openLayers([upper, middle, lower], { report, signal });
  });

/** Path, type, size and target, as find tells them of a mounted overlay. */
function mounted(upper: string, lowers: readonly string[]): string[] {
  const options = `lowerdir=${lowers.join(':')},upperdir=${upper},workdir=${mkdtempSync(join(folder, 'work-'))}`;
  const script = 'mount -t overlay overlay -o "$1" "$2" && cd "$2" && find . -printf "/%P|%y|%s|%l\\n"';
  const point = mkdtempSync(join(folder, 'merged-'));
  const [command, ...args] = [...inPrivateMounts(), 'sh', '-ec', script, 'sh', options, point];
  return execFileSync(command, args, { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => (/\|d\|/.test(line) ? line.replace(/\|\d+\|/, '|0|') : line))
    .sort();
}

async function merged(
  layers: readonly string[],
  hasWhiteoutFiles = false,
): Promise<{ lines: string[]; report: RecordedReport; texts: Map<string, string> }> {
  const report = new RecordedReport();
  const view = await openLayers(layers, { report, signal }, hasWhiteoutFiles);
  const walked = await collectWalk(view);
  await view.close();
  const types: Record<string, string> = {
    file: 'f',
    dir: 'd',
    symlink: 'l',
    fifo: 'p',
    char: 'c',
    block: 'b',
    socket: 's',
  };
  const lines = walked.map(({ entry: { path, type, size, target } }) =>
    [path, types[type], type === 'dir' ? 0 : size, target ?? ''].join('|'),
  );
  const texts = new Map(
    walked.flatMap(({ entry, bytes }) => (bytes === undefined ? [] : [[entry.path, bytes.toString()]])),
  );
  return { lines: lines.sort(), report, texts };
}

describe('merged layers', () => {
  test('are what the kernel shows: whiteouts, opaque directories, types that change', async () => {
    const make = (name: string, script: string): string => {
      const layer = mkdtempSync(join(folder, `${name}-`));
      execFileSync('sh', ['-ec', script], { cwd: layer });
      return layer;
    };
    const base = make(
      'base',
      'mkdir -p etc/app/deep var/log usr/bin opt/x; for f in etc/a etc/b etc/app/c etc/app/deep/d var/log/l usr/bin/p opt/x/y; do echo base $f > $f; done; ln -s ../a etc/link; mkfifo etc/pipe',
    );
    const middle = make(
      'middle',
      'mkdir -p etc/app etc/app/deep opt; echo middle > etc/b; mknod etc/app/c c 0 0; setfattr -n trusted.overlay.opaque -v y etc/app/deep; echo new > etc/app/deep/n; echo file now > opt/x; mknod var c 0 0',
    );
    const upper = make(
      'upper',
      'mkdir -p etc/app var/new opt/x "odd\\name"; setfattr -n trusted.overlay.opaque -v y "odd\\name"; echo upper > etc/app/c; mknod etc/a c 0 0; mknod etc/pipe c 0 0; rm -rf opt/x; mkdir opt/x; echo z > opt/x/z; ln -s /etc/app/c etc/link2',
    );
    const { lines, report, texts } = await merged([upper, middle, base]);
    expect(lines).toEqual(mounted(upper, [middle, base]));
    expect(report.problems).toEqual([]);
    expect(Object.fromEntries(texts)).toMatchObject({
      '/etc/b': 'middle\n',
      '/etc/app/c': 'upper\n',
      '/etc/app/deep/n': 'new\n',
      '/usr/bin/p': 'base usr/bin/p\n',
    });
    const view = await openLayers([upper, middle, base], { report, signal });
    const read = await collectRead(view, ['/etc/link2', '/etc/a', '/etc/app/*', '/var/log/l']);
    expect([...read.keys()].sort()).toEqual(['/etc/app/c', '/etc/app/deep', '/etc/link2']);
    await view.close();
  });

  test('show what fuse-overlayfs shows of layers that it wrote: files stand for what is gone', async () => {
    const [upper, lower] = ['fuse', 'fused'].map((name) => mkdtempSync(join(folder, `${name}-`))) as [
      string,
      string,
    ];
    const script = (text: string, cwd: string): void => void execFileSync('sh', ['-ec', text], { cwd });
    script(
      'mkdir -p etc/app/deep var/log usr; for f in etc/a etc/b etc/app/deep/c var/log/l usr/u; do echo l >$f; done',
      lower,
    );
    script(
      'mkdir -p etc/app usr; : >etc/.wh.a; : >etc/app/.wh..wh..opq; echo u >etc/app/n; : >.wh.var; : >etc/.wh.never',
      upper,
    );
    const { lines, report } = await merged([upper, lower], true);
    expect(lines.map((line) => line.split('|')[0]).sort()).toEqual([
      '/',
      '/etc',
      '/etc/app',
      '/etc/app/n',
      '/etc/b',
      '/usr',
      '/usr/u',
    ]);
    expect(report.problems).toEqual([]);
    // To the kernel they are files like others: a container may make them to hide what there is.
    expect((await merged([upper, lower])).lines).toEqual(mounted(upper, [lower]));
  });

  test('say what stands elsewhere in a layer below, and show nothing wrong of it', async () => {
    const [upper, lower] = ['redirected', 'below'].map((name) => mkdtempSync(join(folder, `${name}-`))) as [
      string,
      string,
    ];
    writeFileSync(join(lower, 'data'), 'the content');
    execFileSync('sh', ['-ec', 'truncate -s 11 data; setfattr -n trusted.overlay.metacopy data'], {
      cwd: upper,
    });
    const { report, texts } = await merged([upper, lower]);
    expect(texts.size).toBe(0);
    expect(report.problems).toMatchObject([{ code: 'UNFOLD_UNREADABLE', path: '/data' }]);
  });

  test('lead nowhere else: a link in a layer in place of a directory is a link', async () => {
    const [upper, lower, outside] = ['hostile', 'honest', 'outside'].map((name) =>
      mkdtempSync(join(folder, `${name}-`)),
    ) as [string, string, string];
    writeFileSync(join(outside, 'secret'), 'of the host');
    mkdirSync(join(lower, 'etc'));
    writeFileSync(join(lower, 'etc/secret'), 'of the layer below');
    symlinkSync(outside, join(upper, 'etc'));
    const { lines, texts } = await merged([upper, lower]);
    expect(lines).toEqual(mounted(upper, [lower]));
    expect(texts.size).toBe(0);
  });

  test('are said to be in doubt where the marks of a layer may not be seen', () => {
    const [upper, lower] = ['above', 'beneath'].map((name) => mkdtempSync(join(folder, `${name}-`))) as [
      string,
      string,
    ];
    const caps = '-all,+sys_ptrace,+dac_read_search';
    const problemsWith = (...words: string[]): { code: string }[] => {
      const child = [process.execPath, join(import.meta.dirname, 'layers-child.ts'), upper, lower];
      return JSON.parse(execFileSync('setpriv', [...words, '--', ...child], { encoding: 'utf8' })) as {
        code: string;
      }[];
    };
    const ordinary = [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      `--inh-caps=${caps}`,
      `--ambient-caps=${caps}`,
    ];
    expect(problemsWith(...ordinary)).toMatchObject([{ code: 'UNFOLD_UNREADABLE', extractor: 'tree' }]);
    expect(problemsWith('--clear-groups')).toEqual([]);
    execFileSync('chown', ['65534', upper]);
    expect(problemsWith(...ordinary)).toEqual([]);
  });

  test('of a deep tree are read to the bottom', async () => {
    const [upper, lower] = ['deep', 'deeper'].map((name) => mkdtempSync(join(folder, `${name}-`))) as [
      string,
      string,
    ];
    for (const layer of [upper, lower]) mkdirSync(join(layer, 'd/'.repeat(120)), { recursive: true });
    writeFileSync(join(lower, 'd/'.repeat(120), 'bottom'), 'here');
    writeFileSync(join(upper, 'd/'.repeat(80), 'beside'), 'there');
    const { texts, report } = await merged([upper, lower]);
    expect([...texts.values()].sort()).toEqual(['here', 'there']);
    expect(report.problems).toEqual([]);
  });
});
