// The example that pipelines call: its exit status is what they rely on.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { completeFrame } from '../cli/process.ts';
import { Served } from '../query/api/serving.ts';
import { requirement } from '../requirements.ts';

const PYTHON = '/usr/bin/python3';
const test = requirement('Python 3', existsSync(PYTHON), 'the example is written in it');
const script = join(import.meta.dirname, '../../examples/firewall-check.py');

const partial = new Served();
const whole = new Served();
beforeAll(async () => {
  await partial.start();
  await whole.start([], { frames: [completeFrame('one', 'gateway 10.1.2.3\n')] });
});
afterAll(async () => {
  await partial[Symbol.asyncDispose]();
  await whole[Symbol.asyncDispose]();
});

function check(url: string, ...asked: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], UNFOLD_URL: url };
    execFile(PYTHON, [script, ...asked], { env }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

test('says which systems are affected, and where', async () => {
  const { status, stdout, stderr } = await check(partial.base, '10.20.30.40');
  expect([status, stderr.includes('partial')]).toEqual([1, true]);
  expect(stdout).toContain("10.20.30.40\texact\treferences\tweb1\t/etc/app.conf:3\t'db = 10.20.30.40:5432'");
});

test('tells nobody affected from nobody known', async () => {
  expect((await check(whole.base, '192.0.2.1')).status).toBe(0);
  expect((await check(whole.base, '192.0.2.1', '10.1.0.0/16')).status).toBe(1);
  expect((await check(partial.base, '2001:db8::1')).status).toBe(3);
});

test('is an error where there is no answer', async () => {
  const refused = await check(whole.base, 'no name');
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('UNFOLD_QUERY_INVALID')]);
  expect((await check('http://127.0.0.1:9', '10.1.2.3')).status).toBe(2);
  expect((await check(whole.base)).status).toBe(2);
});
