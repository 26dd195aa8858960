// The truth about a leaf on a text and on an entry.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FileEntry, PackageEntry } from '../../../schemas/entries.ts';
import type { Leaf } from '../../../schemas/plan.ts';
import { addressesIn } from '../../../indexer/terms/addresses.ts';
import { entryText, fieldValues } from '../../../indexer/terms/entry-terms.ts';
import { globToRegExp, matchText, matchesEntry } from '../../../indexer/terms/match.ts';
import { foldCase, words } from '../../../indexer/terms/words.ts';
import { hex } from './written.ts';

function word(text: string, within: 'content' | 'entry' | 'any' = 'any'): Leaf {
  return { leaf: 'word', word: text, within };
}

function phrase(text: string): Leaf {
  return { leaf: 'phrase', text, within: 'any' };
}

function field(name: string, op: 'is' | 'glob' | 'exists', value?: string): Leaf {
  return { leaf: 'field', field: name, op, ...(value === undefined ? {} : { value }) };
}

function address(low: string, high = low): Leaf {
  const relations: ('exact' | 'contained' | 'containing')[] = ['exact', 'contained', 'containing'];
  return { leaf: 'address', low: hex(low), high: hex(high), relations };
}

function pieces(leaf: Leaf, text: string): string[] {
  return matchText(leaf, text).map(([start, end]) => text.slice(start, end));
}

describe('a leaf on a text', () => {
  test.each<[Leaf, string, string[]]>([
    [word('nginx'), 'Nginx, nginx-common xnginx nginx2', ['Nginx', 'nginx']],
    [word('straße'), 'STRAßE Straße', ['STRAßE', 'Straße']],
    [word('café'), 'İ cafe\u0301!', ['cafe\u0301']],
    [word('i\u0307stanbul'), 'xİ İSTANBUL', ['İSTANBUL']],
    [word('cafe'), 'cafe\u0301', []],
    [phrase('max_connections = 100'), 'Max_Connections =\t\n100', ['Max_Connections =\t\n100']],
    [phrase('connections'), 'max_connections', ['connections']],
    [phrase('onnections'), 'max_connections', []],
    [phrase('/etc/passwd'), 'x/etc/passwd /etc/passwd- /etc/passwdx', ['/etc/passwd', '/etc/passwd']],
    [phrase('a.b'), 'axb a.b', ['a.b']],
    [phrase('--'), 'a--b----', ['--', '--', '--']],
    [phrase(' x '), 'x  x\nx', [' x\n']],
    [phrase('a a'), 'a a a', ['a a']],
    [phrase('aa a'), 'aaa a aa a', ['aa a']],
    [phrase('ς'), 'Σ σ ς', ['Σ', 'σ', 'ς']],
    [phrase('  '), 'a  b', []],
    [phrase(''), 'a', []],
    [address('10.1.2.3'), '10.1.2.3:80 10.1.0.0/16 10.2.0.0/16', ['10.1.2.3', '10.1.0.0/16']],
    [address('10.1.0.0', '10.1.255.255'), '10.1.2.3, 10.0.0.0/8 10.2.0.1', ['10.1.2.3', '10.0.0.0/8']],
    [field('content', 'is', 'foo'), 'foo food', ['foo']],
    [field('path', 'is', 'foo'), 'foo', []],
  ])('%j on %j', (leaf, text, all) => expect(pieces(leaf, text)).toEqual(all));

  test('finds every word that the text has, at its places', () => {
    const texts = fc
      .array(
        fc.constantFrom(
          'İ',
          'Foo',
          'foo',
          'É',
          'E\u0301',
          ' ',
          '\n',
          '.',
          '_',
          'bar',
          '😀',
          '服务',
          'Σ',
          '\u0338',
          '=',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const all = words(text);
        for (const each of new Set(all)) {
          const at = matchText(word(each), text);
          expect(at.length).toBe(all.filter((other) => other === each).length);
          for (const [start, end] of at) expect(foldCase(text.slice(start, end))).toContain(each);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('holds where a phrase was cut out of the text at word boundaries', () => {
    const texts = fc
      .array(fc.constantFrom('Foo', 'bar', ' ', '\t', '\n', '.', '/', 'É', 'x', '(', '*', '\\'))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (text, a, b) => {
        const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const cut = text.slice(start, end);
        const inWord = (index: number): boolean => /^[\p{L}\p{N}\p{M}]/u.test(text.slice(index));
        const apart = !(inWord(start) && start > 0 && inWord(start - 1)) && !(inWord(end - 1) && inWord(end));
        fc.pre(apart && cut.trim() !== '');
        expect(matchText(phrase(cut.toUpperCase()), text)).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

const hosts: FileEntry = {
  path: '/etc/Nginx/sites/10.1.2.3.conf',
  type: 'symlink',
  size: 3,
  mode: '0644',
  uid: 0,
  gid: 0,
  owner: 'root',
  mtime: '2026-11-22T10:00:00.000Z',
  ctime: '2026-11-22T10:00:00.000Z',
  inode: 7,
  target_path: '../Default',
  package: { name: 'nginx', modified: false },
};
const nginx: PackageEntry = {
  name: 'nginx',
  version: '10.1.2.3',
  type: 'deb',
  status: 'installed',
  source: { name: 'nginx-src', version: '10.1.2.3' },
  description: 'small, powerful server',
};

describe('an entry', () => {
  test('has its catalogue fields', () => {
    expect(fieldValues('file', hosts)).toEqual([
      { field: 'path', value: '/etc/Nginx/sites/10.1.2.3.conf' },
      { field: 'type', value: 'symlink' },
      { field: 'owner', value: 'root' },
      { field: 'mode', value: '0644' },
      { field: 'target', value: '../Default' },
      { field: 'owned-by', value: 'nginx' },
      { field: 'modified', value: 'false' },
    ]);
    expect(fieldValues('package', nginx).map((each) => each.field)).toEqual(['package', 'version', 'source']);
  });

  test('is searched by its own text, whose versions are no addresses', () => {
    expect(words(entryText('file', hosts.path, hosts))).toContain('default');
    expect(addressesIn(entryText('file', hosts.path, hosts)).map((each) => each.text)).toEqual(['10.1.2.3']);
    expect(words(entryText('package', 'k', nginx))).toEqual(
      expect.arrayContaining(['nginx', '10', 'powerful', 'src']),
    );
    expect(addressesIn(entryText('package', 'k', nginx))).toEqual([]);
    const connection = {
      transport: 'tcp' as const,
      state: 'established' as const,
      local: { ip: '2001:db8::7', port: 443 },
      remote: { ip: '10.1.2.3', port: 5432 },
      process: { pid: 7, name: 'nginx' },
    };
    const text = entryText('connection', 'k', connection);
    expect(addressesIn(text).map((each) => each.text)).toEqual(['2001:db8::7', '10.1.2.3']);
    expect(words(text)).toEqual(expect.arrayContaining(['443', '5432', 'nginx']));
    const card = { name: 'eth0', mac: 'aa:bb:cc:dd:ee:ff', ip: ['10.1.2.3/24', 'fe80::1/64'] };
    expect(addressesIn(entryText('interface', 'eth0', card)).map((each) => each.text)).toEqual([
      '10.1.2.3',
      '10.1.2.3/24',
      'fe80::1',
      'fe80::1/64',
    ]);
  });

  test.each<[Leaf, boolean]>([
    [word('nginx'), true],
    [word('nginx', 'entry'), true],
    [word('nginx', 'content'), false],
    [{ leaf: 'word', word: 'nginx', within: 'any', feature: 'package' }, false],
    [phrase('/etc/nginx/sites'), true],
    [address('10.1.2.3'), true],
    [address('10.1.2.4'), false],
    [field('path', 'is', '/etc/Nginx/sites/10.1.2.3.conf'), true],
    [field('path', 'is', '/etc/nginx/sites/10.1.2.3.conf'), false],
    [field('path', 'glob', '/etc/nginx/*.CONF'), true],
    [field('path', 'glob', '/etc/nginx'), false],
    [field('owner', 'is', 'ROOT'), true],
    [field('owner', 'glob', 'r??t'), true],
    [field('group', 'exists'), false],
    [field('target', 'exists'), true],
    [field('modified', 'is', 'false'), true],
    [field('package', 'is', 'nginx'), false],
    [field('system', 'is', 'x'), false],
    [field('content', 'exists'), false],
  ])('satisfies %j: %j', (leaf, holds) => expect(matchesEntry(leaf, 'file', hosts.path, hosts)).toBe(holds));
});

describe('a glob', () => {
  test.each<[string, string, boolean]>([
    ['*', '', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*a', 'a', false],
    ['a*b*c', 'aXbbYc', true],
    ['*ab*ab', 'ab', false],
    ['*ab*ab', 'abab', true],
    ['a?c', 'a😀c', true],
    ['a?c', 'ac', false],
    ['a**c', 'ac', true],
    ['[a].(b)', '[a].(b)', true],
    ['1.22.*', '1.220', false],
    ['/x/*', '/x/y\nz', true],
    ['École', 'école', true],
    ['*-1', '1-1-1', true],
    ['/etc/**/*.conf', '/etc/a.conf', true],
    ['/etc/**/*.conf', '/etc/a/b/c.conf', true],
    ['/etc/**/*.conf', '/etcetera/a.conf', false],
    ['/etc/**/a', '/etc/xa', false],
    ['/**/b/**/c', '/b/c', true],
    ['/**/b/**/c', '/a/b/x/c', true],
    ['/a**/b', '/a/b', true],
    ['/a**/b', '/ab', false],
  ])('%j on %j', (glob, value, holds) => expect(globToRegExp(glob).test(foldCase(value))).toBe(holds));

  test('agrees with the obvious definition', () => {
    const obvious = (glob: string, value: string): boolean => {
      if (glob === '') return value === '';
      if (glob.startsWith('*'))
        return obvious(glob.slice(1), value) || (value !== '' && obvious(glob, value.slice(1)));
      return (
        value !== '' &&
        (glob.startsWith('?') || glob[0] === value[0]) &&
        obvious(glob.slice(1), value.slice(1))
      );
    };
    const globs = fc
      .array(fc.constantFrom('a', 'b', '*', '?', '.'), { maxLength: 8 })
      .map((all) => all.join(''));
    const values = fc
      .array(fc.constantFrom('a', 'b', '.', 'c'), { maxLength: 10 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(globs, values, (glob, value) =>
        expect(globToRegExp(glob).test(value)).toBe(obvious(glob, value)),
      ),
      { numRuns: 3000 },
    );
  });

  test('takes no exponential time', () => {
    expect(globToRegExp('*a'.repeat(30) + '*b').test('a'.repeat(100_000))).toBe(false);
    expect(globToRegExp('/**/a'.repeat(30)).test('/a'.repeat(1000) + 'b')).toBe(false);
  });
});

test('package: asks for what is installed', () => {
  const left = { name: 'nginx', version: '1.22', type: 'deb' as const, status: 'config-files' };
  const leaf = { leaf: 'field' as const, field: 'package', op: 'is' as const, value: 'nginx' };
  expect(matchesEntry(leaf, 'package', 'deb:nginx', left)).toBe(false);
  expect(matchesEntry(leaf, 'package', 'deb:nginx', { ...left, status: 'installed' })).toBe(true);
});
