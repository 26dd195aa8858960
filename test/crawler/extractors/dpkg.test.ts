// dpkg's databases, well-formed and otherwise.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dpkgFiles } from '../../../crawler/extractors/dpkg-files.ts';
import { dpkg } from '../../../crawler/extractors/dpkg.ts';
import { stanzas } from '../../../crawler/extractors/debian/control.ts';
import { drive, readFile } from './driving.ts';

const STATUS = '/var/lib/dpkg/status';
const INFO = '/var/lib/dpkg/info';
const md5 = (digit: string): string => digit.repeat(32);

describe('a status database', () => {
  const read = (text: string): ReturnType<typeof drive> => drive(dpkg, [readFile(STATUS, text)]);

  test('tells the state of every package', () => {
    const states = [
      'installed',
      'config-files',
      'half-installed',
      'unpacked',
      'half-configured',
      'triggers-pending',
    ];
    const text = states
      .map((state, n) => `Package: p${n}\nStatus: hold ok ${state}\nVersion: 1\n`)
      .join('\n');
    const { entries, problems } = read(`${text}\nPackage: never\nStatus: purge ok not-installed\n`);
    expect([...entries.values()].map((entry) => (entry as { status: string }).status)).toEqual(states);
    expect(problems).toEqual([]);
  });

  test('continues values, knows fields in any case, and ends with or without a blank line', () => {
    const { entries } = read(
      'package: a\nVERSION: 1:2~rc1-3+b1\nsource: src (1:2~rc1-3)\nDescription: short\n long\n\tlonger\n\n\n  \nPackage: b\nVersion: 2',
    );
    expect(entries.get('deb:a:')).toMatchObject({
      version: '1:2~rc1-3+b1',
      description: 'short',
      source: { name: 'src', version: '1:2~rc1-3' },
    });
    expect(entries.get('deb:b:')).toMatchObject({ version: '2', source: { name: 'b', version: '2' } });
  });

  test('keeps the rest where a stanza is malformed, and says what is in doubt', () => {
    const { entries, problems } = read(
      'Package: first\nVersion: 1\n\nVersion: 2\n\nPackage: bad name!\nVersion: 1\n\nPackage: half\nno colon here\nVersion: 3\n\n' +
        'Package: first\nVersion: 9\n\nPackage: last\nVersion: 4\n',
    );
    expect([...entries.keys()]).toEqual(['deb:first:', 'deb:half:', 'deb:last:']);
    expect(entries.get('deb:first:')).toMatchObject({ version: '1' });
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['UNFOLD_MALFORMED', expect.stringContaining('line 4: no package')],
      ['UNFOLD_MALFORMED', expect.stringContaining('line 6: no package')],
      ['UNFOLD_MALFORMED', expect.stringContaining('line 9: half has a line that is no field')],
      ['UNFOLD_MALFORMED', expect.stringContaining('line 13: first stands in it again')],
    ]);
  });

  test('gives back what was written', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.+-]{1,12}$/);
    const line = fc.stringMatching(/^[a-zA-Z0-9:.,()<> ]{0,40}$/);
    const stanza = fc.record({ name: word, version: word, long: fc.array(line, { maxLength: 4 }) });
    fc.assert(
      fc.property(fc.uniqueArray(stanza, { selector: ({ name }) => name, maxLength: 20 }), (written) => {
        const text = written
          .map(
            ({ name, version, long }) =>
              `Package: ${name}\nDescription: d\n${long.map((one) => ` ${one}.\n`).join('')}Version: ${version}\n`,
          )
          .join('\n');
        const { entries, problems } = read(text);
        expect(problems).toEqual([]);
        expect([...entries.values()].map((entry) => (entry as { version: string }).version)).toEqual(
          written.map(({ version }) => version),
        );
      }),
    );
  });

  test('is parsed without losing a line, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\t', 'Package: x\n', '\r', '\u00e9') }),
        (text) => {
          const all = [...stanzas(text, new Set(['package']))];
          const blocks = text
            .split(/\n/)
            .reduce<[number, boolean]>(
              ([count, open], one) => (one.trim() === '' ? [count, false] : [open ? count : count + 1, true]),
              [0, false],
            );
          expect(all).toHaveLength(blocks[0]);
        },
      ),
    );
  });

  test('of a hundred thousand packages takes no time to speak of', () => {
    const text = Array.from({ length: 100_000 }, (_, n) => `Package: p${n}\nVersion: ${n}\n`).join('\n');
    expect(read(text).entries.size).toBe(100_000);
  });
});

describe('who owns a path', () => {
  const owners = (
    files: Record<string, string>,
    ...links: ReturnType<typeof readFile>[]
  ): Record<string, unknown> => {
    const read = Object.entries(files).map(([path, text]) => readFile(path, text));
    return Object.fromEntries(drive(dpkgFiles, [...read, ...links]).packaged);
  };

  test('is the package that lists it, of either architecture', () => {
    expect(
      owners({
        [`${INFO}/a:amd64.list`]: '/.\n/usr\n/usr/a-64\n',
        [`${INFO}/a:i386.list`]: '/.\n/usr\n/usr/a-32\n',
        [`${INFO}/b.list`]: '/usr\n/usr/b\n',
        [`${INFO}/b.md5sums`]: `${md5('1')}  usr/b\nnot a checksum\n`,
        [`${INFO}/b.postinst`]: 'ignored',
      }),
    ).toEqual({
      '/.': { name: 'a' },
      '/usr': { name: 'a' },
      '/usr/a-64': { name: 'a' },
      '/usr/a-32': { name: 'a' },
      '/usr/b': { name: 'b', md5: md5('1') },
    });
  });

  test('is known of databases that are too large to wait as they are', () => {
    const names = ['a', 'b', 'c', 'd'];
    const long = (name: string): string => `/usr/${name}\n${`${'x'.repeat(999)}\n`.repeat(13_000)}`;
    const found = owners(Object.fromEntries(names.map((name) => [`${INFO}/${name}.list`, long(name)])));
    expect(found).toEqual(Object.fromEntries(names.map((name) => [`/usr/${name}`, { name }])));
  });

  test('is not the package from which another took the path over', () => {
    expect(
      owners({
        [`${INFO}/old.list`]: '/usr/other\n',
        [`${INFO}/old.md5sums`]: `${md5('1')}  usr/taken\n`,
        [`${INFO}/new.list`]: '/usr/taken\n',
      }),
    ).toEqual({ '/usr/other': { name: 'old' }, '/usr/taken': { name: 'new' } });
  });

  test('follows diversions', () => {
    expect(
      owners({
        '/var/lib/dpkg/diversions': '/usr/bin/x\n/usr/bin/x.real\nwrapper\n/usr/y\n/usr/y.local\n:\n',
        [`${INFO}/app.list`]: '/usr/bin/x\n/usr/y\n',
        [`${INFO}/app.md5sums`]: `${md5('1')}  usr/bin/x\n`,
        [`${INFO}/wrapper.list`]: '/usr/bin/x\n',
      }),
    ).toEqual({
      '/usr/bin/x.real': { name: 'app', md5: md5('1') },
      '/usr/y.local': { name: 'app' },
      '/usr/bin/x': { name: 'wrapper' },
    });
  });

  test('knows paths of /bin in /usr, where /bin is a link there', () => {
    const files = {
      [`${INFO}/a.list`]: '/bin\n/bin/sh\n/lib/x\n',
      [`${INFO}/a.md5sums`]: `${md5('1')}  bin/sh\n`,
    };
    const link = readFile('/bin', { skip: 'not-read' }, '/usr/bin');
    const folder = readFile('/lib', { skip: 'not-read' });
    expect(owners(files, link, folder)).toEqual({
      '/bin': { name: 'a' },
      '/usr/bin/sh': { name: 'a', md5: md5('1') },
      '/lib/x': { name: 'a' },
    });
  });

  test('knows the checksums of conffiles', () => {
    const status =
      'Package: a\nVersion: 1\nConffiles:\n' +
      ` /etc/a b.conf ${md5('2')}\n /etc/old ${md5('3')} obsolete\n /etc/new newconffile\n`;
    const list = '/etc/a b.conf\n/etc/new\n';
    expect(owners({ [STATUS]: status, [`${INFO}/a.list`]: list })).toEqual({
      '/etc/a b.conf': { name: 'a', md5: md5('2') },
      '/etc/new': { name: 'a' },
      '/etc/old': { name: 'a', md5: md5('3') },
    });
  });
});
