// deploy/elasticsearch-local: real nodes start, come back with their data, and end when they shall.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { clusterStatus, startCluster, stopCluster } from '../../deploy/elasticsearch-local/cluster.ts';
import { findJava } from '../../deploy/elasticsearch-local/java.ts';
import { Place } from '../cli/process.ts';
import { until } from '../crawler/processes.ts';
import { elasticsearchTest, LOCAL_SERVERS } from '../elasticsearch-cluster.ts';

const RUN = join(import.meta.dirname, '../../deploy/elasticsearch-local/run');
const folder = mkdtempSync(join(tmpdir(), 'unfold-elasticsearch-local-'));
const data = join(folder, 'data');
const place = new Place();
afterAll(async () => {
  await stopCluster(data, { signal: 'SIGKILL' });
  rmSync(folder, { recursive: true });
  place.remove();
});

const local = (...args: string[]) => place.run(RUN, [...args, '--data', data, '--cache', LOCAL_SERVERS]);

elasticsearchTest(8)(
  'the command starts a node once, and its data survives a stop',
  async () => {
    const [first, second] = await Promise.all([
      local('start', '--port', '0', '--heap', '256'),
      local('start', '--port', '0', '--heap', '256'),
    ]);
    expect([first, second]).toMatchObject([{ status: 0 }, { status: 0 }]);
    expect(first.stdout).toBe(second.stdout);
    const url = first.stdout.trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"a":1}' };
    expect((await fetch(`${url}/kept/_doc/1?refresh=true`, put)).status).toBe(201);
    expect(await local('status')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('running, pid'),
    });
    expect(await local('start', '--nodes', '3')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('holds a cluster with nodes 1, not 3'),
    });

    expect((await local('stop')).status).toBe(0);
    expect(await local('status')).toMatchObject({ status: 1, stdout: expect.stringContaining('stopped') });
    await expect(fetch(url)).rejects.toThrow('fetch failed');

    expect(await local('start')).toMatchObject({ status: 0, stdout: `${url}\n` });
    expect(await (await fetch(`${url}/kept/_source/1`)).json()).toEqual({ a: 1 });
  },
  120_000,
);

elasticsearchTest(8)(
  'a node ends with the process that owns it',
  async () => {
    const owned = join(folder, 'owned');
    const owner = spawn('sleep', ['600'], { stdio: 'ignore' });
    try {
      const setting = { port: 0, heapMegabytes: 256, owner: owner.pid ?? 0 };
      await startCluster(owned, setting, { cache: LOCAL_SERVERS, say: () => undefined });
    } finally {
      owner.kill('SIGKILL');
    }
    await until(() => clusterStatus(owned)[0]?.pid === null, 'the node has ended');
  },
  120_000,
);

elasticsearchTest(8)('a port that another process has is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const busy = startCluster(join(folder, 'busy'), { port }, { cache: LOCAL_SERVERS, say: () => undefined });
  await expect(busy).rejects.toMatchObject({
    code: 'UNFOLD_USAGE',
    message: expect.stringContaining(String(port)),
  });
  other.close();
});

test('a pid that now belongs to another process is left alone', async () => {
  const reused = join(folder, 'reused');
  const other = spawn('sleep', ['600'], { stdio: 'ignore' });
  const setting = { major: 8, nodes: 1, port: 19_999, heapMegabytes: 256, owner: null };
  rmSync(reused, { recursive: true, force: true });
  await place.run('mkdir', ['-p', join(reused, 'node1')]);
  writeFileSync(join(reused, 'cluster.json'), JSON.stringify(setting));
  writeFileSync(join(reused, 'node1/process.json'), JSON.stringify({ pid: other.pid, started: '1' }));
  await stopCluster(reused);
  expect(readFileSync(`/proc/${other.pid ?? 0}/comm`, 'utf8')).toBe('sleep\n');
  other.kill();
});

test('no Java that is new enough', () => {
  expect(findJava(1000)).toBeNull();
});

test.each([
  [['go'], 'no command go'],
  [['start', 'stop'], 'one command'],
  [['start', '--nodes', '2'], '--nodes is 1 or 3, not 2'],
  [['start', '--port', 'x'], '--port is a number'],
  [['--what'], '--what'],
  [[], 'Say what to do'],
])('%j is a mistake', async (args, message) => {
  const { status, stderr } = await place.run(RUN, args);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error UNFOLD_USAGE: /);
  expect(stderr).toContain(message);
});
