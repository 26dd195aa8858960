// Images that are damaged or made to do harm: nothing leads out of them, nothing is trusted, nothing is beyond bounds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { collectWalk, RecordedReport } from '../../conformance/system-view.ts';
import {
  dockerFiles,
  layoutFiles,
  PACKERS,
  pax,
  tarOf,
  writeArchive,
  type MadeImage,
} from './image-archives.ts';
import { fresh, layer, opened, shown } from './image-opening.ts';

describe('layers', () => {
  test('lead nowhere else, and what cannot be is left out and told', async () => {
    const { paths, report, read } = await shown([
      tarOf([
        { name: '../outside', data: 'x' },
        { name: 'a/../../outside', data: 'x' },
        { name: '/absolute', data: 'inside' },
        { name: 'host', type: '2', link: '/etc' },
        { name: 'up', type: '2', link: '../../../../..' },
        { name: 'host/hostname', data: 'of the image' },
        { name: 'hard', type: '1', link: '../../etc/passwd' },
        { name: 'missing', type: '1', link: 'etc/shadow' },
        { name: 'loop', type: '2', link: 'loop' },
        { name: 'loop/file', data: 'x' },
        { name: 'absolute/below', data: 'x' },
        { name: 'odd', type: 'Q', data: 'x' },
        { name: '.wh...', data: '' },
        { name: 'd/'.repeat(3000), type: '5' },
        { name: 'pax', type: 'x', data: pax({ path: 'd/'.repeat(3000) }) },
        { name: 'deep', data: 'x' },
      ]),
    ]);
    expect(paths['/absolute']).toBe('inside');
    expect(await read('/etc/hostname')).toBe('of the image');
    expect(await read('/host/passwd')).toBeUndefined();
    expect(await read('/up/absolute')).toBe('inside');
    expect(Object.keys(paths).filter((path) => /outside|hard|missing|below|odd|deep/.test(path))).toEqual([]);
    expect(report.problems.map(({ code, path }) => [code, path?.slice(0, 20)])).toEqual([
      ['UNFOLD_MALFORMED', '/../outside'],
      ['UNFOLD_MALFORMED', '/a/../../outside'],
      ['UNFOLD_MALFORMED', '/hard'],
      ['UNFOLD_MALFORMED', '/odd'],
      ['UNFOLD_MALFORMED', '/d/d/d/d/d/d/d/d/d/d'],
      ['UNFOLD_MALFORMED', '/missing'],
      ['UNFOLD_MALFORMED', '/loop/file'],
      ['UNFOLD_MALFORMED', '/absolute/below'],
    ]);
  });

  test('that are not what their digest says, cut, missing or too much are not shown; the others are', async () => {
    const good = layer(tarOf([{ name: 'good', data: 'shown' }]), 'gzip');
    const tar = tarOf([{ name: 'bad', data: 'never shown' }]);
    const cases: [string, string, MadeImage['layers'][number], ((files: Map<string, Buffer>) => void)?][] = [
      [
        'UNFOLD_IMAGE_UNTRUSTED',
        'another content',
        layer(tar, 'gzip'),
        (files) => {
          for (const [path, bytes] of files)
            if (bytes.equals(PACKERS.gzip(tar))) files.set(path, PACKERS.zstd(tar));
        },
      ],
      [
        'UNFOLD_UNREADABLE',
        'not there',
        layer(tar, 'gzip'),
        (files) => {
          for (const [path, bytes] of files) if (bytes.equals(PACKERS.gzip(tar))) files.delete(path);
        },
      ],
      [
        'UNFOLD_IMAGE_UNTRUSTED',
        'does not unpack to',
        { tar, packed: PACKERS.gzip(tarOf([{ name: 'other' }])) },
      ],
      ['UNFOLD_MALFORMED', 'damaged', { tar, packed: PACKERS.gzip(tar).subarray(0, -12) }],
      ['UNFOLD_MALFORMED', 'damaged', { tar, packed: PACKERS.zstd(tar).subarray(0, -2) }],
      ['UNFOLD_MALFORMED', 'damaged', layer(tar.subarray(0, 700), 'gzip')],
      ['UNFOLD_MALFORMED', 'damaged', layer(Buffer.alloc(2048, 'text'), 'none')],
      ['UNFOLD_UNREADABLE', 'xz', { tar, packed: Buffer.from('fd377a585a0000', 'hex') }],
      ['UNFOLD_IMAGE_UNTRUSTED', 'unpacks to more', layer(Buffer.alloc(3_000_000), 'zstd')],
      [
        'UNFOLD_IMAGE_UNTRUSTED',
        'members',
        layer(tarOf(Array.from({ length: 101 }, (_, index) => ({ name: `m${index}` }))), 'gzip'),
      ],
    ];
    for (const [code, why, bad, damage] of cases) {
      const files = layoutFiles([{ layers: [good, bad] }]);
      damage?.(files);
      const report = new RecordedReport();
      const bounds = { members: 100, bytes: 2_000_000, times: 2 };
      const view = await opened(writeArchive(join(fresh(), 'i.tar'), files), report, bounds);
      const walked = await collectWalk(view);
      await view.close();
      expect(walked.map(({ entry }) => entry.path)).toEqual(['/', '/good']);
      expect(report.problems).toMatchObject([
        { code, extractor: 'tree', message: expect.stringContaining(why) },
      ]);
      expect(report.problems[0]?.path).toBeUndefined();
    }
  });

  test('that change while they are read are said to', async () => {
    const report = new RecordedReport();
    const place = writeArchive(
      join(fresh(), 'i.tar'),
      dockerFiles([{ layers: [{ tar: tarOf([{ name: 'a', data: 'a' }]) }] }]),
    );
    const view = await opened(place, report);
    writeFileSync(place, 'another');
    const walked = await collectWalk(view);
    await view.close();
    expect(walked.find(({ entry }) => entry.path === '/a')?.bytes).toBeUndefined();
    expect(report.problems.map(({ code }) => code)).toContain('UNFOLD_TORN');
  });
});

const ARCHIVE = [{ name: 'etc/passwd', data: 'root:x:0:0::/:/bin/sh\n' }];

test('mutated archives are read or refused, and nothing else happens', async () => {
  const whole = tarOf(Array.from({ length: 20 }, () => ARCHIVE).flat());
  for (let round = 0; round < 150; round++) {
    const bytes = Buffer.from(whole.subarray(0, 512 + ((round * 7919) % whole.length)));
    for (let times = 0; times < 4; times++)
      bytes[(round * 104_729 + times * 611) % bytes.length] = (round * 31 + times) % 256;
    const { paths, report } = await shown([bytes]);
    expect(paths['/']).toBe('dir');
    for (const { code } of report.problems) expect(['UNFOLD_MALFORMED', 'UNFOLD_UNREADABLE']).toContain(code);
  }
});
