// kill -9 of the crawl or of its worker at random moments: the next run works, and finds a clean spool.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { openSpool } from '../../crawler/spool.ts';
import { CRAWL_CHILD } from './crawl-child.ts';
import { crawlTargets, parseFrame } from './frames.ts';
import { childrenOf, nobodyUses } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-kill-'));
const data = join(folder, 'data');
const root = join(folder, 'root');
mkdirSync(root);
for (let n = 0; n < 200; n++) writeFileSync(join(root, `file${n}`), `line ${n}\n`.repeat(500));
afterAll(() => rmSync(folder, { recursive: true }));

const KILLS = 52;
const AT_A_TIME = 4;
/** From start to frame a crawl takes about this long; the moments lie evenly in it, a little shifted at random. */
const SPAN_MS = 900;

async function killOnce(number: number): Promise<void> {
  const moment = ((number + Math.random()) / KILLS) * SPAN_MS;
  const child = spawn(process.execPath, [CRAWL_CHILD, data, `rootfs:${root}`], {
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await setTimeout(moment);
  const [worker] = childrenOf(child.pid ?? 0);
  const victim = number % 2 === 0 ? child.pid : worker;
  try {
    if (victim !== undefined) process.kill(victim, 'SIGKILL');
  } catch {
    // It had just ended.
  }
  await ended;
}

test('kills at random moments leave whole frames or none', async () => {
  for (let number = 0; number < KILLS; number += AT_A_TIME) {
    await Promise.all(Array.from({ length: AT_A_TIME }, (_, k) => killOnce(number + k)));
  }
  await nobodyUses(data);
  const spool = openSpool(data);
  expect(readdirSync(join(data, 'scratch'))).toEqual([]);
  expect(readdirSync(join(data, 'spool')).filter((name) => !name.endsWith('.ndjson'))).toEqual([]);
  const waiting = spool.waiting();
  expect(waiting).toHaveLength(readdirSync(join(data, 'spool')).length);
  expect([...waiting].sort()).toEqual(waiting);
  for (const file of waiting) {
    const { end, problems } = parseFrame(readFileSync(file, 'utf8'));
    if (end.status === 'failed') expect(problems).toMatchObject([{ code: 'UNFOLD_CRAWL_CRASHED' }]);
    else expect(end).toMatchObject({ status: 'complete', counts: { file: 201 } });
    spool.discard(file);
  }
  const { frames } = await crawlTargets(data, [`rootfs:${root}`]);
  expect(frames[0]?.end).toMatchObject({ status: 'complete', counts: { file: 201 } });
  expect(readdirSync(join(data, 'spool'))).toEqual([]);
}, 240_000);
