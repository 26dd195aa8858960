// What people paste: it needs no quotes, finds the text it was taken from, and what of it was read otherwise is said.
import { expect, test } from '@jest/globals';
import type { FactNode, PlanNode } from '../../../schemas/plan.ts';
import { holdsInText } from '../../../indexer/terms/match.ts';
import { parse } from '../../../query/language/parse.ts';
import { print } from '../../../query/language/print.ts';
import { resolve } from '../../../query/language/resolve.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');

/** Whether a plan holds of a system with one file of this text. */
function holds(plan: PlanNode | FactNode, text: string): boolean {
  if ('and' in plan) return plan.and.every((item) => holds(item, text));
  if ('or' in plan) return plan.or.some((item) => holds(item, text));
  if ('not' in plan) return !holds(plan.not, text);
  if ('fact' in plan) return holds(plan.fact.where, text);
  return 'all' in plan || holdsInText(plan.leaf, text);
}

const PASTED = [
  '/etc/passwd',
  '/etc/passwd /etc/group',
  '/etc/nginx/',
  '/etc/ /var/lib/',
  '/usr/bin/[',
  '/srv/My Documents/a (1).txt',
  '~/.ssh/authorized_keys',
  './configure && make',
  String.raw`C:\Program Files\App\app.exe`,
  String.raw`C:\x /flag`,
  String.raw`\\server\share\dir`,
  String.raw`HKLM\SOFTWARE\Vendor`,
  'fe80::1%eth0',
  '[fe80::1%eth0]:443',
  '2001:db8::/32',
  '::1 localhost ip6-localhost',
  '10.1.2.3:443',
  '10.1.2.3#53',
  'db1:5432',
  'localhost:8080/path',
  '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16',
  '10.0.0.0/8,172.16.0.0/12;192.168.0.0/16',
  '10.0.0.1 - 10.0.0.9',
  '10.0.0.0 255.0.0.0',
  'aa:bb:cc:dd:ee:ff',
  'AA-BB-CC-DD-EE-FF',
  '1.22.1-9+deb12u1',
  '1:2.3.4-5~rc1+dfsg',
  'v1.2.3-rc.1+build.5',
  'libc6:amd64',
  'me@example.com',
  'Jane Doe <jane@example.com>',
  'https://user:p%40ss@example.com:8443/a/b?c=d&e=f#g',
  'postgres://app:secret@10.1.2.3:5432/db?sslmode=disable',
  'git@github.com:a/b.git',
  's/foo/bar/g',
  String.raw`^\s*listen\s+443`,
  String.raw`\d{1,3}(\.\d{1,3}){3}`,
  'std::vector<int>::iterator',
  'Foo::Bar->baz(1, 2)',
  'a->b.c[0] = *p++;',
  'if (x > 3 && y <= 4) { return; }',
  '{"name": "nginx", "ports": [80, 443]}',
  "{'a': None}",
  '<a href="/x">y</a>',
  'key=value key2="a b"',
  'export PATH=$PATH:/usr/local/bin',
  'echo "$HOME" | grep root > /dev/null 2>&1',
  'ssh://host1 tcp://[::1]:5000',
  '0 3 * * 1-5 root /usr/bin/backup',
  '*/5 * * * *',
  '2026-11-22T10:00:00Z ERROR [main] x.y.Z: failed (code=3)',
  '12:30:45.123',
  'Nov 22 10:00:00 web1 sshd[123]: Accepted publickey for root',
  'what is this?',
  'C++ C# F#',
  "it's 5 o'clock",
  'naïve Straße ΣΊΣΥΦΟΣ İstanbul',
  '日本語 テスト',
  '🦊 emoji 👩‍👩‍👧',
  'a\u200bb \u202etxt',
  'lone \ud800 surrogate',
  'tab\tseparated\tvalues',
  'line one\nline two\r\n',
  '-----BEGIN CERTIFICATE-----',
  '--no-cache --port=80',
  '-> <- => <=',
  'a & b; c | d',
  '50% off, $5.00',
  '(parenthesised) words',
  'f(x) g(y, z)',
  'a:b c:d:e',
  'x..y ... z',
  'root:x:0:0:root:/root:/bin/bash',
  'ATTRS{idVendor}=="1d6b"',
  'allow from 10.1.2.*',
  '"10.1.2.3"',
];

test.each(PASTED)('%j finds the text it is from', (text) => {
  expect(holds(resolve(parse(text), NOW).where, text)).toBe(true);
});

/** Read otherwise, which the answer says. */
const READ_OTHERWISE: readonly (readonly [string, string])[] = [
  ['file not found', 'operator-word'],
  ['grep -r x /etc', 'operator-sign'],
  ['unbalanced "quote', 'taken-literally'],
  ['f(x', 'taken-literally'],
  [') x (', 'taken-literally'],
  ['status: failed: true', 'nothing'],
  ['type: x', 'taken-literally'],
  ['pakage:nginx', 'taken-literally'],
  ['SELECT * FROM users', 'finds-everything'],
  ['/a b/', 'read-as-regex'],
  ['/a(/', 'taken-literally'],
  ['kind:vm at:noon', 'taken-literally'],
  ['user:pass@host', 'nothing'],
];

test.each(READ_OTHERWISE)('%j is told as %s', (text, code) => {
  const codes = resolve(parse(text), NOW).notices.map((notice) => notice.code);
  expect(codes).toEqual(code === 'nothing' ? [] : codes.map(() => code));
  expect(codes.length > 0).toBe(code !== 'nothing');
});

/** No exception, no hang, and a tree that can be written down. */
const NASTY = [
  ...['(', ')', '"', '\\', '/', '-', ':', '*', '?', '.', '[', '{', '|', '+', '>', '\0', '\ud800', '\u2028'],
  ...[
    '/[',
    '/(',
    '/a ',
    '/\\/ ',
    '(/',
    '/)',
    '"/',
    'a:/',
    'path:/',
    'file:(',
    'NOT ',
    ' OR ',
    '-(',
    '..',
    '>=',
    '( ) ',
    'a*',
  ],
].flatMap((unit) => [1, 2, 3, 49, 51, 400].map((times) => unit.repeat(times)));

test('any nasty input is a query', () => {
  for (const text of NASTY) {
    const parsed = parse(text);
    resolve(parsed, NOW);
    expect(print(parse(print(parsed.tree)).tree)).toBe(print(parsed.tree));
  }
});
