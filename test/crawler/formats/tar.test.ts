// tar archives: as GNU tar writes them, and damaged.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MalformedArchive, memberBytes, tarMembers } from '../../../crawler/formats/tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LONG = `${'d'.repeat(90)}/${'f'.repeat(200)}`;
const FILES = new Map([
  ['./empty', ''],
  ['./one\nline', 'x'],
  ['./block', 'y'.repeat(512)],
  [`./${LONG}`, 'long'],
  ['./caf\xe9', 'z'.repeat(70_000)],
]);

function archive(): Buffer {
  mkdirSync(join(folder, 'd'.repeat(90)), { recursive: true });
  for (const [name, text] of FILES) {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]), text);
  }
  const list = Buffer.from([...FILES.keys()].map((name) => `${name}\0`).join(''), 'latin1');
  const options = ['--format=gnu', '--no-recursion', '--no-unquote', '--null', '-T', '-', '-cf', '-'];
  return execFileSync('tar', ['-C', folder, ...options], { input: list });
}

test('yields names and contents in order, within the bounds that were promised', () => {
  const bytes = archive();
  const members = [...tarMembers(bytes)].map((member) => [member.name, member.bytes.toString()]);
  expect(members).toEqual([...FILES]);
  const bound = [...FILES].reduce((sum, [name, text]) => sum + memberBytes(name.length, text.length), 0);
  expect(bytes.indexOf(Buffer.alloc(1024), bytes.length - 20_480)).toBeLessThanOrEqual(bound);
});

test('reads a damaged archive or refuses it', () => {
  const whole = archive();
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.nat(4096), value: fc.nat(255) })), fc.nat(), (mutations, cut) => {
      const bytes = Buffer.from(whole.subarray(0, cut % whole.length));
      for (const { at, value } of mutations) if (at < bytes.length) bytes[at] = value;
      try {
        for (const member of tarMembers(bytes)) expect(member.bytes.length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedArchive);
      }
    }),
  );
});
