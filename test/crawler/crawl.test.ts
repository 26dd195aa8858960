// Crawls of a real small system, from the target to the frame.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { requirement } from '../requirements.ts';
import { crawlTargets, type Frame } from './frames.ts';
import { hasDpkg, makeSmallSystem, SECRET } from './small-system.ts';

const test = requirement('dpkg', hasDpkg, 'the system is made by the real dpkg');
const folder = mkdtempSync(join(tmpdir(), 'unfold-crawl-'));
const root = join(folder, 'root');
const data = join(folder, 'data');
const target = `rootfs:${root}`;
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a crawl of a whole system', () => {
  let frame: Frame;

  beforeAll(async () => {
    if (!hasDpkg) return;
    mkdirSync(root);
    makeSmallSystem(root);
    const { frames, crawled } = await crawlTargets(data, [target]);
    expect(frames).toHaveLength(1);
    frame = frames[0]!;
    expect(frame.problems).toEqual([]);
    expect(crawled[0]).toMatchObject({ system: frame.header.system, end: frame.end });
    expect(Object.keys(crawled[0]?.phases ?? {})).toEqual(expect.arrayContaining(['open', 'read', 'walk']));
  });

  const file = (path: string): Record<string, unknown> | undefined => frame.entries.file?.get(path);

  test('is complete and names its system', () => {
    expect(frame.end).toMatchObject({ status: 'complete', problems: 0 });
    expect(frame.header).toMatchObject({
      schema: 'unfold.frame/1',
      system: { id: `rootfs:testhost${root}`, kind: 'host' },
      features: ['os', 'package', 'file'],
    });
  });

  test('knows the operating system', () => {
    expect([...(frame.entries.os ?? [])]).toEqual([
      [
        'os',
        {
          name: 'Debian GNU/Linux',
          full: 'Debian GNU/Linux 12 (bookworm)',
          version: '12',
          platform: 'debian',
          family: 'debian',
          codename: 'bookworm',
          kernel: '6.1.0-18-amd64',
          hostname: 'small1',
          architecture: 'amd64',
        },
      ],
    ]);
  });

  test('knows the packages, and those of which only configuration is left', () => {
    expect([...(frame.entries.package?.keys() ?? [])].sort()).toEqual([
      'deb:alpha:all',
      'deb:gone:all',
      'deb:libbeta:amd64',
      'deb:libbeta:i386',
    ]);
    expect(frame.entries.package?.get('deb:alpha:all')).toEqual({
      name: 'alpha',
      version: '1:2.3-4',
      architecture: 'all',
      type: 'deb',
      status: 'installed',
      description: 'the alpha package',
      source: { name: 'alpha-src', version: '2.3-4' },
      maintainer: 'Ada Example <ada@example.org>',
      size: 12 * 1024,
    });
    expect(frame.entries.package?.get('deb:gone:all')).toMatchObject({
      status: 'config-files',
      version: '0.9',
    });
    expect(frame.entries.package?.get('deb:libbeta:i386')).toMatchObject({
      source: { name: 'libbeta', version: '1.0' },
    });
  });

  test('knows every path, its metadata, hash and text', () => {
    const text = '#!/bin/sh\nexec true 10.20.30.40\n';
    expect(file('/usr/bin/alpha')).toMatchObject({
      path: '/usr/bin/alpha',
      type: 'file',
      size: text.length,
      hash: { sha256: sha256(text) },
      content: { text, encoding: 'utf-8' },
      package: { name: 'alpha', modified: false },
    });
    expect(file('/bin')).toMatchObject({ type: 'symlink', target_path: 'usr/bin' });
    expect(file('/srv/app')).toMatchObject({ type: 'dir' });
    expect(file('/srv/app/empty')).toMatchObject({
      size: 0,
      hash: { sha256: sha256('') },
      content: { text: '' },
    });
    expect(frame.entries.file?.get('/')).toMatchObject({ type: 'dir' });
  });

  test('tells which package owns a path, and whether it was changed', () => {
    expect(file('/usr/bin/alpha-merged')?.['package']).toEqual({ name: 'alpha', modified: false });
    expect(file('/etc/alpha.conf')?.['package']).toEqual({ name: 'alpha', modified: true });
    expect(file('/etc/alpha.d/kept.conf')?.['package']).toEqual({ name: 'alpha', modified: false });
    expect(file('/usr/bin/diverted.orig')?.['package']).toEqual({ name: 'alpha', modified: false });
    expect(file('/usr/bin/diverted')).toBeUndefined();
    expect(file('/usr/lib/i386/libbeta.so')?.['package']).toEqual({ name: 'libbeta', modified: false });
    expect(file('/usr/share/alpha/data.bin')?.['package']).toEqual({ name: 'alpha', modified: false });
    expect(file('/srv/app/settings.ini')?.['package']).toBeUndefined();
  });

  test('reads text in other encodings and in gzip', () => {
    const latin = 'Größe und Mühle, Straße 7, Tor zur Welt\n';
    expect(file('/srv/app/windows.txt')?.['content']).toEqual({
      text: 'route 172.16.5.4\r\n',
      encoding: 'utf-16le',
      sha256: sha256('route 172.16.5.4\r\n'),
    });
    expect(file('/srv/app/latin.txt')?.['content']).toEqual({
      text: latin,
      encoding: 'latin-1',
      sha256: sha256(latin),
    });
    expect(file('/usr/share/doc/alpha/changelog.gz')?.['content']).toMatchObject({
      text: 'alpha (2.3-4)\n  * see 192.0.2.7\n',
      compression: 'gzip',
    });
  });

  test('says why a file has no text, and counts it', () => {
    expect(file('/usr/share/alpha/data.bin')).toMatchObject({ skipped: 'binary', hash: {} });
    expect(file('/srv/app/large.log')).toMatchObject({ skipped: 'too-large' });
    expect(file('/srv/app/large.log')?.['hash']).toBeUndefined();
    expect(frame.end.skipped).toMatchObject({ binary: 1, 'too-large': 1, credential: 1 });
  });

  test('keeps secrets out of the frame, hashes that could give them away included', () => {
    expect(frame.text).not.toContain(SECRET);
    expect(frame.text).not.toContain('saltsalt');
    const settings = file('/srv/app/settings.ini');
    expect(settings?.['hash']).toBeUndefined();
    const content = settings?.['content'] as { text: string; sha256: string; masked: Record<string, number> };
    expect(content.text).toContain('host = db.example.org\npassword = ');
    expect(content.sha256).toBe(sha256(content.text));
    expect(Object.values(content.masked)).toEqual([1]);
    expect(file('/etc/shadow')).toMatchObject({ skipped: 'credential' });
    expect(file('/etc/shadow')?.['content'] ?? file('/etc/shadow')?.['hash']).toBeUndefined();
    const masked = Object.values(frame.end.masked).reduce((sum, values) => sum + values, 0);
    expect(masked).toBe(2);
  });

  test('leaves nothing but its frame in the data folder', () => {
    expect(readdirSync(join(data, 'spool'))).toEqual([]);
    expect(readdirSync(join(data, 'scratch'))).toEqual([]);
  });

  test('extracts the features that are asked, and no more', async () => {
    const { frames, crawled } = await crawlTargets(data, [target], { features: ['os', 'package'] });
    expect(frames[0]?.end).toMatchObject({ status: 'complete', counts: { os: 1, package: 4 } });
    expect(frames[0]?.entries.file).toBeUndefined();
    expect(Object.keys(crawled[0]?.phases ?? {})).not.toContain('walk');
    const only = await crawlTargets(data, [target], { features: ['file'] });
    expect(only.frames[0]?.end.counts).toEqual({ file: frame.end.counts.file });
    expect(only.frames[0]?.entries.file).toEqual(frame.entries.file);
  });

  test('says that a feature cannot be had of this system', async () => {
    const { frames } = await crawlTargets(data, [target], { features: ['os', 'process'] });
    expect(frames[0]?.end).toMatchObject({ status: 'partial', counts: { os: 1, process: 0 } });
    expect(frames[0]?.problems).toMatchObject([{ code: 'UNFOLD_CAPABILITY_MISSING', extractor: 'process' }]);
  });

  test('reads files up to the size that is configured', async () => {
    const { frames } = await crawlTargets(data, [target], { maxFileBytes: 20 });
    expect(frames[0]?.entries.file?.get('/usr/bin/alpha')).toMatchObject({ skipped: 'too-large' });
    expect(frames[0]?.entries.file?.get('/srv/app/empty')).toMatchObject({ content: { text: '' } });
    const none = await crawlTargets(data, [target], { maxFileBytes: 0 });
    expect(none.frames[0]?.entries.file?.get('/usr/bin/alpha')).toMatchObject({ skipped: 'not-read' });
  });
});
