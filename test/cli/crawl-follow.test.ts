// `unfold crawl --follow` as a process, while real containers begin, end, loop and are removed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeMachine, startMachine, testWithMachines } from '../crawler/containers/machines.ts';
import { Place, UNFOLD } from './process.ts';

interface Line {
  readonly system: { readonly name: string; readonly container: { readonly state: string } };
  readonly status: string;
  readonly counts: Record<string, number>;
  readonly removed?: number;
}

let place: Place;
let child: ChildProcess | null = null;
let stdout = '';
let stderr = '';

beforeEach(() => {
  place = new Place();
  stdout = stderr = '';
});
afterEach(async () => {
  await end('SIGKILL');
  place.remove();
});

function follow(...options: readonly string[]): void {
  const machines = place.path('machines');
  const started = spawn(UNFOLD, ['crawl', `nspawn:${machines}`, '--follow', '--json', ...options], {
    cwd: place.folder,
    env: place.environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  started.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child = started;
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
  return child.exitCode;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What was crawled, as `NAME STATE`, once it is so many times, or has ended to grow for long. */
async function crawled(count: number): Promise<{ told: string[]; lines: Line[] }> {
  let lines: Line[] = [];
  for (let tries = 0; tries < 300 && lines.length < count; tries += 1) {
    await pause(100);
    lines = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }
  return { told: lines.map(({ system }) => `${system.name} ${system.container.state}`), lines };
}

testWithMachines(
  'records that a container runs, that it ended, and nothing of those that end too soon',
  async () => {
    for (const name of ['web', 'old', 'loop']) makeMachine(place.path('machines', name));
    follow('--lifetime', '2');
    expect((await crawled(3)).told.sort()).toEqual(['loop stopped', 'old stopped', 'web stopped']);

    const web = await startMachine(place.path('machines/web'), 'busybox httpd -f -p 8081');
    for (let round = 0; round < 4; round += 1) {
      const loop = await startMachine(place.path('machines/loop'), 'busybox sleep 9');
      await pause(300);
      await loop.end();
    }
    const running = await crawled(4);
    expect(running.told.slice(3)).toEqual(['web running']);
    expect(running.lines.at(-1)?.counts).toMatchObject({ process: 2, connection: 1 });
    const asked = await place.unfold(['search', 'process:busybox', '--json']);
    expect(JSON.parse(asked.stdout)).toMatchObject({ systems: [{ system: { name: 'web' } }] });

    await web.end();
    expect((await crawled(5)).told.slice(4)).toEqual(['web stopped']);
    expect((await place.unfold(['search', 'process:busybox', '--json'])).status).toBe(1);
    expect(await end('SIGTERM')).toBe(130);
    // What holds for all crawls is said once.
    expect(stderr).toMatch(/^(notice: Access times .*\n)?interrupted: ending\n$/);
  },
  60_000,
);

testWithMachines(
  'records that a container was removed while it ran, by the next crawl and by one that follows',
  async () => {
    for (const name of ['web', 'job']) makeMachine(place.path('machines', name));
    const web = await startMachine(place.path('machines/web'), 'busybox httpd -f -p 8081');
    const job = await startMachine(place.path('machines/job'), 'busybox httpd -f -p 8082');
    follow('--lifetime', '1');
    expect((await crawled(2)).told.sort()).toEqual(['job running', 'web running']);
    await job.end();
    rmSync(place.path('machines/job'), { recursive: true });
    expect((await crawled(3)).told.slice(2)).toEqual(['job stopped']);
    await end('SIGTERM');

    await web.end();
    rmSync(place.path('machines/web'), { recursive: true });
    const machines = `nspawn:${place.path('machines')}`;
    const next = await place.unfold(['crawl', machines, '--json']);
    expect({ status: next.status, line: JSON.parse(next.stdout) as unknown }).toMatchObject({
      status: 0,
      line: { system: { name: 'web', container: { state: 'stopped' } }, status: 'complete' },
    });
    expect((await place.unfold(['search', 'process:busybox', '--json'])).status).toBe(1);
    // What its files were is still known.
    const files = await place.unfold(['search', 'path:/usr/lib/os-release', '--json']);
    expect(JSON.parse(files.stdout)).toMatchObject({ total: { systems: 2 } });
  },
  60_000,
);

test('is refused for what holds no containers', async () => {
  const { status, stderr: said } = await place.unfold(['crawl', 'rootfs:/srv', '--follow']);
  expect({ status, said }).toEqual({ status: 2, said: expect.stringContaining('UNFOLD_USAGE') });
});
