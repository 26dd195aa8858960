// What a frame that read less must not end.
import { expect, test } from '@jest/globals';
import type { FileEntry } from '../../../schemas/entries.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { file, installed, instant, os, type FrameSketch } from './frames.ts';
import { apply, held, names, withEngine, word, type OpenEngine } from './setting.ts';

export function partialConformance(open: OpenEngine): void {
  const entries = [
    os('debian'),
    installed('x'),
    file('/etc/a', 'a'),
    file('/etc/a/b', 'b'),
    file('/etc/ab', 'ab'),
  ];
  const left = async (second: Omit<FrameSketch, 'system' | 'at'>) =>
    withEngine(open, async (engine) => {
      await apply(engine, { system: 's', at: 1, entries });
      await apply(engine, { system: 's', at: 2, ...second });
      return (await held(engine, 's')).map(({ key }) => key);
    });
  const problem = (extractor: string, path?: string): Problem => ({
    code: 'UNFOLD_UNREADABLE',
    extractor,
    ...(path === undefined ? {} : { path }),
    message: 'denied',
  });

  test.each<[string, Omit<FrameSketch, 'system' | 'at'>, string[]]>([
    ['a complete frame ends all it covers', {}, []],
    [
      'a frame ends nothing of a feature it does not cover',
      { features: ['package'] },
      ['os', '/etc/a', '/etc/a/b', '/etc/ab'],
    ],
    [
      'a problem protects its path and what lies below',
      { problems: [problem('file', '/etc/a')], entries: [os('debian'), installed('y'), file('/x')] },
      ['os', '/etc/a', '/etc/a/b', '/x', 'deb:y:amd64'],
    ],
    [
      'a problem with the root protects every file',
      { problems: [problem('tree', '/')], entries: [os('alpine'), installed('y')] },
      ['os', '/etc/a', '/etc/a/b', '/etc/ab', 'deb:y:amd64'],
    ],
    [
      'a problem without path protects what its extractor yields',
      { problems: [problem('dpkg')], entries: [os('debian'), installed('y'), file('/x')] },
      ['os', '/x', 'deb:x:amd64', 'deb:y:amd64'],
    ],
    [
      'a problem of a package database protects the packages',
      {
        problems: [problem('dpkg', '/var/lib/dpkg/status')],
        entries: [os('debian'), installed('y'), file('/x')],
      },
      ['os', '/x', 'deb:x:amd64', 'deb:y:amd64'],
    ],
    [
      'a problem of an unknown extractor protects everything',
      { problems: [problem('newer')], entries: [file('/x')] },
      ['os', '/etc/a', '/etc/a/b', '/etc/ab', '/x', 'deb:x:amd64'],
    ],
    [
      'a partial frame does not end a feature of which it has nothing',
      { problems: [problem('file', '/srv/private')], entries: [file('/x')] },
      ['os', '/x', 'deb:x:amd64'],
    ],
    [
      'what was replaced ends all the same',
      { problems: [problem('file', '/etc')], entries: [os('debian'), installed('x'), file('/etc/a', 'new')] },
      ['os', '/etc/a', '/etc/a/b', '/etc/ab', 'deb:x:amd64'],
    ],
    [
      'a file system that was not mounted protects its files',
      {
        leftOut: [{ path: '/etc/a', reason: 'not-mounted' }],
        entries: [os('debian'), installed('x'), file('/x')],
      },
      ['os', '/etc/a', '/etc/a/b', '/x', 'deb:x:amd64'],
    ],
    [
      'what another mount hides is no longer part of the system',
      {
        leftOut: [{ path: '/etc/a', reason: 'other-mount' }],
        entries: [os('debian'), installed('x'), file('/x')],
      },
      ['os', '/x', 'deb:x:amd64'],
    ],
    [
      'a failed frame ends nothing',
      { status: 'failed' },
      ['os', '/etc/a', '/etc/a/b', '/etc/ab', 'deb:x:amd64'],
    ],
  ])('%s', async (_, second, expected) => {
    expect(await left(second)).toEqual(expected);
  });

  test('a file that could not be read again keeps what was read of it', async () => {
    await withEngine(open, async (engine) => {
      const secret = file('/etc/secret', 'word', { mode: '0600' });
      await apply(engine, { system: 's', at: 1, entries: [secret] });
      const unread = (more: Partial<FileEntry>) => [
        file('/etc/secret', undefined, { size: 4, skipped: 'unreadable', mode: '0600', ...more }),
      ];
      const denied = [problem('file', '/etc/secret')];
      expect(
        await apply(engine, { system: 's', at: 2, entries: unread({}), problems: denied }),
      ).toMatchObject({ opened: 0, closed: 0, kept: 1 });
      expect(await held(engine, 's')).toMatchObject([{ entry: secret.entry, validFrom: instant(1) }]);
      await apply(engine, { system: 's', at: 3, entries: unread({ mode: '0400' }), problems: denied });
      expect(await held(engine, 's')).toMatchObject([
        { entry: { mode: '0400', content: { text: 'word' } }, validFrom: instant(3) },
      ]);
      await apply(engine, { system: 's', at: 4, entries: unread({ size: 5 }), problems: denied });
      expect(await names(engine, word('word'))).toEqual([]);
      expect((await held(engine, 's')).length).toBe(1);
    });
  });
}
