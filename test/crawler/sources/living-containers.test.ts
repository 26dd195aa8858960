// Containers of real engines as they begin and end: the signs of it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { heed } from '../../../crawler/following/signs.ts';
import { docker } from '../../../crawler/sources/docker.ts';
import { podman } from '../../../crawler/sources/podman.ts';
import type { Signs } from '../../../crawler/sources/source.ts';
import { startEngines, tellEngines, testWithDocker, testWithPodman } from '../containers/engines.ts';
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
  for (let tries = 0; tries < 50 && heard === quiet; tries += 1)
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
