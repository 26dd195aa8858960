// The example receiver: what it prints of signed events, once, and what it refuses.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { signature } from '../../query/watch/webhook.ts';
import { completeFrame, Place } from '../cli/process.ts';
import { requirement } from '../requirements.ts';

const PYTHON = '/usr/bin/python3';
const test = requirement('Python 3', existsSync(PYTHON), 'the example is written in it');
const script = join(import.meta.dirname, '../../examples/webhook-receiver.py');
const SECRET = 'sixteen-characters-or-more';

let place: Place;
let receiver: ChildProcess;
let printed = '';
let url = '';

beforeEach(async () => {
  place = new Place();
  writeFileSync(place.path('secret'), `${SECRET}\n`);
  const child = spawn(PYTHON, [script, '0', place.path('secret')], { stdio: ['ignore', 'pipe', 'pipe'] });
  receiver = child;
  printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [line] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
  url = `http://127.0.0.1:${/port (\d+)/.exec(line)?.[1] ?? ''}/`;
});
afterEach(async () => {
  const closed = once(receiver, 'close');
  receiver.kill();
  await closed;
  place.remove();
});

test('prints what changed in the answers of a watched search', async () => {
  await place.index([completeFrame('one', 'hello\n')]);
  await place.unfold(['saved', 'add', 'greeting', 'hello', '--webhook', url, '--secret-file', 'secret']);
  expect(await place.unfold(['watch', '--once'])).toEqual({ status: 0, stdout: '', stderr: '' });
  await place.index([completeFrame('two', 'hello\n'), completeFrame('one', 'bye\n')]);
  expect((await place.unfold(['watch', '--once'])).status).toBe(0);
  expect(
    printed
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['greeting\tentered\tone', 'greeting\tentered\ttwo', 'greeting\tleft\tone']);
});

test('takes an event once, and none that is old or signed otherwise', async () => {
  const event = {
    search: { name: 'x' },
    entered: [{ system: { name: 'a' }, gaps: [] }],
    left: [],
    unknown: [],
    known: [],
  };
  const body = JSON.stringify(event);
  const send = async (secret: string, ageSeconds: number, more = ''): Promise<number> => {
    const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds);
    const headers = {
      'idempotency-key': 'one',
      'unfold-timestamp': timestamp,
      'unfold-signature': `sha256=${signature(secret, timestamp, body)}`,
    };
    return (await fetch(url, { method: 'POST', headers, body: body + more })).status;
  };
  expect(await send('another-secret-of-some', 0)).toBe(401);
  expect(await send(SECRET, 0, ' ')).toBe(401);
  expect(await send(SECRET, 600)).toBe(401);
  expect((await fetch(url, { method: 'POST', body })).status).toBe(401);
  expect(await send(SECRET, 0)).toBe(204);
  expect(await send(SECRET, 1)).toBe(204);
  expect(printed).toBe('x\tentered\ta\t\n');
});
