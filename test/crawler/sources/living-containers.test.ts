// Containers of real engines as they begin and end, and paused while they are read.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { heed } from '../../../crawler/following/signs.ts';
import { docker } from '../../../crawler/sources/docker.ts';
import { podman } from '../../../crawler/sources/podman.ts';
import type { Signs } from '../../../crawler/sources/source.ts';
import { startEngines, tellEngines, testWithDocker, testWithPodman } from '../containers/engines.ts';
import { parseFrame, type Frame } from '../frames.ts';
import type { Running } from '../views/live-setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-living-'));
const engines = join(folder, 'engines');
const before = process.env;
let running: Running | null = null;

beforeAll(async () => {
  mkdirSync(engines);
  running = await startEngines(engines);
  process.env = { ...before, DOCKER_HOST: `unix://${engines}/docker.sock` };
}, 120_000);
afterAll(async () => {
  process.env = before;
  await running?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Has the engines do something; how often there were signs of it meanwhile. */
async function signsOf(signs: Signs, command: string): Promise<number> {
  let heard = 0;
  const ending = new AbortController();
  heed(signs, () => (heard += 1), ending.signal);
  // The engine says once that it listens.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const quiet = heard;
  await tellEngines(running!, command);
  for (let tries = 0; tries < 20 && heard === quiet; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  ending.abort();
  return heard - quiet;
}

const target = { podman: `podman:${engines}/podman`, docker: `docker:${engines}/docker` };

describe('signs of containers', () => {
  testWithPodman('show in the folders of podman when one begins, ends or is removed', async () => {
    const signs = podman.signs!({ target: target.podman, labels: {} });
    expect(
      await signsOf({ ...signs, sockets: [] }, 'run --name brief tiny:1 /bin/sleep 1000'),
    ).toBeGreaterThan(0);
    expect(await signsOf({ ...signs, sockets: [] }, 'podman kill brief; podman wait brief')).toBeGreaterThan(
      0,
    );
    expect(await signsOf({ ...signs, sockets: [] }, 'podman rm brief')).toBeGreaterThan(0);
  });

  testWithDocker('are told by docker on its socket', async () => {
    const { sockets } = docker.signs!({ target: target.docker, labels: {} });
    expect(sockets).toEqual([`${engines}/docker.sock`]);
    expect(await signsOf({ folders: [], sockets }, '/usr/bin/docker restart -t 0 web')).toBeGreaterThan(0);
    expect(await signsOf({ folders: [], sockets }, '/usr/bin/docker inspect web')).toBe(0);
  });

  test('are none where nothing is there', async () => {
    const ending = new AbortController();
    let heard = 0;
    heed({ folders: [join(folder, 'x')], sockets: [join(folder, 'y')] }, () => (heard += 1), ending.signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    ending.abort();
    expect(heard).toBe(0);
  });
});

describe('containers that are paused', () => {
  const unfold = join(import.meta.dirname, '../../../cli/unfold');
  /** Where the engines are: paused containers are theirs to know. */
  const crawl = (name: string, target: string): string =>
    `"${unfold}" --data "${folder}/${name}" crawl ${target} --pause --no-index --frames "${folder}/${name}.ndjson"`;
  const states = (): Promise<void> =>
    tellEngines(
      running!,
      `(podman inspect -f '{{.Name}} {{.State.Status}}' app1 app2 db; docker inspect -f '{{.Name}} {{.State.Status}}' web) >"${folder}/states"`,
    );
  const framesOf = (name: string): Frame[] =>
    readFileSync(join(folder, `${name}.ndjson`), 'utf8')
      .split(/^(?=\{"_frame")/m)
      .map(parseFrame);
  const RUNNING = /^app1 running\napp2 running\ndb running\n/;
  /** What podman noted since it was last looked at. */
  let noted = 0;
  const paused = (): { name: string; what: string }[] => {
    const events = readFileSync(join(engines, 'runtime/libpod/events/events.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { Name: string; Status: string })
      .filter(({ Status }) => Status.endsWith('pause'));
    const since = events.slice(noted);
    noted = events.length;
    return since.map(({ Name, Status }) => ({ name: Name, what: Status }));
  };

  testWithPodman('run again when they were read, and nothing else was paused', async () => {
    await tellEngines(running!, crawl('plain', target.podman).replace('--pause', '--features os'));
    paused();
    expect(noted).toBe(0);
    await tellEngines(running!, crawl('read', target.podman));
    const events = paused();
    for (const name of ['app1', 'app2', 'db', 'hostile'])
      expect(events.filter((event) => event.name === name).map(({ what }) => what)).toEqual([
        'pause',
        'unpause',
      ]);
    expect(events).toHaveLength(8);
    const frames = framesOf('read');
    expect(frames.flatMap(({ problems }) => problems)).toEqual([]);
    // What swaps its directories all the time stands still as well.
    expect(frames.map(({ header }) => header.system.name).sort()).toEqual([
      'app1',
      'app2',
      'db',
      'hostile',
      'stopped',
    ]);
    await states();
    expect(readFileSync(join(folder, 'states'), 'utf8')).toMatch(RUNNING);
  });

  testWithDocker(
    'are paused by docker as well; one that was paused before stays so, and its frame says it',
    async () => {
      await tellEngines(running!, `docker pause web; ${crawl('docker', target.docker)}`);
      const [web] = framesOf('docker').filter(({ header }) => header.system.name === 'web');
      expect(web?.problems).toMatchObject([
        { code: 'UNFOLD_CONTAINER_PAUSE', message: expect.stringContaining('already paused') },
      ]);
      expect(web?.end.counts).toMatchObject({ process: 1 });
      await states();
      expect(readFileSync(join(folder, 'states'), 'utf8')).toContain('web paused');
      await tellEngines(running!, `docker unpause web; ${crawl('again', target.docker)}`);
      expect(framesOf('again').flatMap(({ problems }) => problems)).toEqual([]);
      await states();
      expect(readFileSync(join(folder, 'states'), 'utf8')).toContain('web running');
    },
  );

  testWithPodman('run again after a crawl that was interrupted or killed', async () => {
    const many = 'i=0; mkdir /srv/many; while [ $i -lt 20000 ]; do echo $i >/srv/many/$i; i=$((i+1)); done';
    await tellEngines(running!, `podman exec db /bin/sh -c '${many}'`);
    const log = `${engines}/runtime/libpod/events/events.log`;
    for (const signal of ['INT', 'KILL']) {
      paused();
      const counted = `$(grep -c '"db".*"pause"' "${log}")`;
      const killed = `before=${counted}; ${crawl(signal, target.podman)} & crawl=$!; until [ "${counted}" -gt "$before" ]; do sleep 0.02; done; kill -${signal} $crawl; wait $crawl`;
      await tellEngines(running!, killed);
      for (let tries = 0; tries < 100; tries += 1) {
        await states();
        if (RUNNING.test(readFileSync(join(folder, 'states'), 'utf8'))) break;
      }
      expect(readFileSync(join(folder, 'states'), 'utf8')).toMatch(RUNNING);
      const events = paused().filter(({ name }) => name === 'db');
      expect(events.map(({ what }) => what)).toEqual(['pause', 'unpause']);
    }
  });
});
