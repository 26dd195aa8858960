// The file of saved searches: what is put in comes out, whoever else writes, and secrets stay inside.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SavedFile, shownSearch } from '../../../query/saved/saved-file.ts';
import { Place } from '../../cli/process.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const HOOK = { url: 'https://hooks.example.com/x', secret: 'sixteen-characters' };
let folder: string;
let file: SavedFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unfold-saved-'));
  file = new SavedFile(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('keeps searches by name, for its owner alone', () => {
  file.save('web', { query: 'package:nginx', webhook: HOOK }, NOW);
  file.save('db', { query: '10.0.0.1', webhook: null }, NOW);
  file.save('web', { query: 'nginx', webhook: { url: HOOK.url } }, NOW);
  expect(new SavedFile(folder).searches()).toEqual([
    { name: 'db', query: '10.0.0.1', webhook: null, changed: NOW.toISOString() },
    { name: 'web', query: 'nginx', webhook: HOOK, changed: NOW.toISOString() },
  ]);
  expect(statSync(join(folder, 'saved-searches.json')).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(file.searches().map(shownSearch))).not.toContain(HOOK.secret);
  expect(file.remove('web').query).toBe('nginx');
  expect(file.searches().map(({ name }) => name)).toEqual(['db']);
  expect(() => file.remove('web')).toThrow(expect.objectContaining({ code: 'UNFOLD_SAVED_UNKNOWN' }));
});

test('a secret is for one URL: another gets none by itself, and null takes it away', () => {
  const secretAfter = (webhook: { url: string; secret?: string | null }): string | null | undefined => {
    file.save('web', { query: 'x', webhook: HOOK }, NOW);
    return file.save('web', { query: 'x', webhook }, NOW).webhook?.secret;
  };
  expect(secretAfter({ url: HOOK.url })).toBe(HOOK.secret);
  expect(secretAfter({ url: 'https://elsewhere.example.com/' })).toBeNull();
  expect(secretAfter({ url: HOOK.url, secret: null })).toBeNull();
});

describe('what is no saved search is refused', () => {
  test.each<[string, string, { url: string; secret?: string } | null]>([
    ['a name with a slash', '../x', null],
    ['no name', '', null],
    ['a file', 'x', { url: 'file:///etc/passwd' }],
    ['a script', 'x', { url: 'javascript:alert(1)' }],
    ['no URL', 'x', { url: 'hooks.example.com' }],
    ['credentials in the URL', 'x', { url: 'https://user:word@hooks.example.com/' }],
    ['a short secret', 'x', { url: HOOK.url, secret: 'short' }],
  ])('%s', (_, name, webhook) => {
    expect(() => file.save(name, { query: 'x', webhook }, NOW)).toThrow(
      expect.objectContaining({ code: 'UNFOLD_USAGE' }),
    );
    expect(file.searches()).toEqual([]);
  });

  test('a query that is too long', () => {
    const query = 'x '.repeat(50_000);
    expect(() => file.save('x', { query, webhook: null }, NOW)).toThrow(
      expect.objectContaining({ code: 'UNFOLD_QUERY_TOO_LONG' }),
    );
  });

  test('a file that is something else', () => {
    writeFileSync(join(folder, 'saved-searches.json'), '{"schema":"other"}');
    expect(() => file.searches()).toThrow(expect.objectContaining({ code: 'UNFOLD_DATA_CORRUPT' }));
  });
});

test('writers of several processes lose nothing of each other', async () => {
  const place = new Place();
  try {
    const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const added = await Promise.all(names.map((name) => place.unfold(['saved', 'add', name, 'nginx'])));
    expect(added.map(({ status }) => status)).toEqual(names.map(() => 0));
    const saved = new SavedFile(place.data);
    expect(saved.searches().map(({ name }) => name)).toEqual([...names].sort());
    await Promise.all(names.slice(2).map((name) => place.unfold(['saved', 'remove', name])));
    expect(saved.searches().map(({ name }) => name)).toEqual(['s0', 's1']);
    const files = readdirSync(place.data).filter((name) => name.startsWith('saved'));
    expect(files.sort()).toEqual(['saved-searches.json', 'saved-searches.json.lock']);
  } finally {
    place.remove();
  }
});

test('the command shows no secret', async () => {
  const place = new Place();
  try {
    writeFileSync(place.path('secret.txt'), `${HOOK.secret}\n`);
    const runs = [
      await place.unfold(['saved', 'list']),
      await place.unfold([
        'saved',
        'add',
        'web',
        'a b',
        '--webhook',
        HOOK.url,
        '--secret-file',
        'secret.txt',
        '--json',
      ]),
      await place.unfold(['saved', 'show', 'web']),
      await place.unfold(['saved', 'list', '--json']),
      await place.unfold(['saved', 'remove', 'web', '--json']),
      await place.unfold(['saved', 'show', 'web']),
      await place.unfold(['saved', 'add', 'web', 'a', '--secret-file', 'secret.txt']),
      await place.unfold(['saved', 'add', 'web', 'a', '--webhook', HOOK.url, '--secret-file', 'nowhere']),
    ];
    expect(runs.map(({ status }) => status)).toEqual([1, 0, 0, 0, 0, 2, 2, 2]);
    expect(JSON.parse(runs[1]?.stdout ?? '')).toMatchObject({
      name: 'web',
      query: 'a b',
      webhook: { url: HOOK.url, signed: true },
    });
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(HOOK.secret);
    expect(readFileSync(place.path('data', 'saved-searches.json'), 'utf8')).not.toContain(HOOK.secret);
  } finally {
    place.remove();
  }
});
