// `unfold watch` as a process: frames come, receivers fail, watchers are killed; events neither repeat nor get lost.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WatchEvent } from '../../schemas/saved-search.ts';
import { file, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { eventually } from '../query/api/serving.ts';
import { Receiver } from '../query/watch/receiver.ts';
import { signature } from '../../query/watch/webhook.ts';
import { Place, UNFOLD } from './process.ts';

const SECRET = 'sixteen-characters-or-more';

let place: Place;
let receiver: Receiver;
const watchers: Watching[] = [];
/** Frames of one system need instants that grow. */
let clock = Date.now() - 3_600_000;

beforeEach(() => {
  place = new Place();
  receiver = new Receiver();
});
afterEach(async () => {
  await Promise.all(watchers.splice(0).map((watcher) => watcher.end('SIGKILL')));
  await receiver.close();
  place.remove();
});

/** A frame of a system whose /etc/motd has a text; without text its crawl failed. */
function frame(system: string, text: string | null): FrameSketch {
  clock += 1000;
  const at = new Date(clock).toISOString();
  if (text !== null) return { system, at, entries: [file('/etc/motd', text)] };
  const problem = { code: 'UNFOLD_PATH_MISSING', extractor: 'rootfs', message: 'gone' };
  return { system, at, status: 'failed', problems: [problem] };
}

/** `unfold watch` under way. */
class Watching {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;

  constructor(...args: string[]) {
    const child = spawn(UNFOLD, ['watch', ...args], {
      cwd: place.folder,
      env: place.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#child = child;
    watchers.push(this);
  }

  events(): WatchEvent[] {
    return eventsIn(this.stdout);
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
    return this.#child.exitCode;
  }
}

function eventsIn(text: string): WatchEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => WatchEvent.parse(JSON.parse(line)));
}

/** `entered web1, web2; left db1` */
function told(event: WatchEvent): string {
  return (['entered', 'left', 'unknown', 'known'] as const)
    .filter((kind) => event[kind].length > 0)
    .map(
      (kind) =>
        `${kind} ${event[kind]
          .map(({ system }) => system.name)
          .sort()
          .join(', ')}`,
    )
    .join('; ');
}

const delivered = (): WatchEvent[] => receiver.received.map(({ body }) => WatchEvent.parse(JSON.parse(body)));

test('tells on stdout what each frame changes, and does not take a failed crawl for a departure', async () => {
  await place.index([frame('a', 'hello'), frame('b', 'other')]);
  await place.unfold(['saved', 'add', 'greeting', 'hello']);
  const watching = new Watching();
  const after = (events: number): Promise<WatchEvent[]> =>
    eventually(
      () => watching.events(),
      (seen) => seen.length >= events,
    );
  const [first] = await after(1);
  expect(first).toMatchObject({
    first: true,
    search: { name: 'greeting', query: 'hello' },
    entered: [
      { system: { name: 'a' }, evidence: [{ path: '/etc/motd', line: 1, snippet: 'hello' }], gaps: [] },
    ],
    total: 1,
    coverage: { complete: true, inScope: 2 },
  });
  const steps: [FrameSketch, string][] = [
    [frame('b', 'hello too'), 'entered b'],
    [frame('b', null), 'unknown b'],
    [frame('b', 'hello again'), 'known b'],
    [frame('a', 'bye'), 'left a'],
  ];
  for (const [index, [sketch, what]] of steps.entries()) {
    await place.index([sketch]);
    expect(told((await after(index + 2))[index + 1] as WatchEvent)).toBe(what);
  }
  const [, , unknown, , left] = watching.events();
  expect(unknown?.unknown[0]?.gaps).toMatchObject([{ status: 'failed', code: 'UNFOLD_PATH_MISSING' }]);
  expect(left?.left[0]).toMatchObject({ last: { evidence: [{ snippet: 'hello' }] }, gaps: [] });

  // What was told is told, also after a restart; what happened meanwhile is told once.
  expect(await watching.end('SIGTERM')).toBe(130);
  await place.index([frame('c', 'hello'), frame('a', 'hello')]);
  const once = await place.unfold(['watch', '--once']);
  expect(eventsIn(once.stdout).map(told)).toEqual(['entered a, c']);
  expect(await place.unfold(['watch', '--once'])).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(watching.stderr).toBe('interrupted: ending\n');
});

test('an event survives a dead receiver and the death of the watcher, and keeps its id', async () => {
  const url = await receiver.listen();
  writeFileSync(place.path('secret'), SECRET);
  await place.index([frame('a', 'hello')]);
  await place.unfold(['saved', 'add', 'greeting', 'hello', '--webhook', url, '--secret-file', 'secret']);
  // The first attempt is lost with its answer, so that the receiver has had what the watcher takes for missing.
  receiver.statuses.push(503);
  const killed = new Watching();
  await eventually(
    () => receiver.received.length,
    (count) => count >= 1,
  );
  await eventually(
    () => killed.stderr,
    (text) => text.includes('503'),
  );
  await killed.end('SIGKILL');
  await receiver.close();
  await place.index([frame('b', 'hello')]);
  const dead = new Watching();
  await eventually(
    () => dead.stderr,
    (text) => text.includes('ECONNREFUSED'),
  );
  await dead.end('SIGKILL');
  for (const { stderr } of [killed, dead]) {
    expect(stderr).not.toContain(SECRET);
    expect(stderr).not.toContain('of-the-receiver');
  }

  const alive = new Receiver();
  try {
    await alive.listen(Number(new URL(url).port));
    const watching = new Watching();
    await eventually(
      () => alive.received.length,
      (count) => count >= 2,
    );
    await place.index([frame('a', 'bye')]);
    await eventually(
      () => alive.received.length,
      (count) => count >= 3,
    );
    expect(watching.stdout).toBe('');
    const events = alive.received.map(({ body }) => WatchEvent.parse(JSON.parse(body)));
    expect(events.map(told)).toEqual(['entered a', 'entered b', 'left a']);
    expect(alive.received.map(({ headers }) => headers['idempotency-key'])).toEqual(
      events.map(({ id }) => id),
    );
    expect(delivered().map(({ id }) => id)).toEqual([events[0]?.id]);
    for (const { headers, body } of alive.received)
      expect(headers['unfold-signature']).toBe(
        `sha256=${signature(SECRET, String(headers['unfold-timestamp']), body)}`,
      );
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  } finally {
    await alive.close();
  }
});

test('run once, what is not delivered waits for the next run, what is refused does not', async () => {
  const url = await receiver.listen();
  await place.index([frame('a', 'hello')]);
  await place.unfold(['saved', 'add', 'greeting', 'hello', '--webhook', url]);
  receiver.statuses.push(500, 200, 404);
  const first = await place.unfold(['watch', '--once']);
  expect([first.status, first.stderr]).toEqual([3, expect.stringContaining('it answered 500; next try in')]);
  await place.index([frame('b', 'hello')]);
  // The second event is refused, and dropped.
  const second = await place.unfold(['watch', '--once']);
  expect([second.status, second.stderr]).toEqual([
    0,
    expect.stringContaining('it answered 404; it is dropped'),
  ]);
  expect(await place.unfold(['watch', '--once'])).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(delivered().map(told)).toEqual(['entered a', 'entered a', 'entered b']);
  expect(delivered()[0]?.id).toBe(delivered()[1]?.id);
});

test('what cannot be watched is said', async () => {
  await place.index([frame('a', 'hello')]);
  await place.unfold(['saved', 'add', 'mine', 'hello']);
  const watching = new Watching('--every', '*/5 * * * *');
  await eventually(
    () => watching.stdout,
    (text) => text !== '',
  );
  const results = [
    await place.unfold(['watch', 'nowhere', '--once']),
    await place.unfold(['watch', '--every', 'never']),
    await place.unfold(['watch', '--every', '0s']),
    await place.unfold(['watch', '--every', '99 99 * * *']),
    await place.unfold(['watch', '--once']),
  ];
  const codes = results.map(({ stderr }) => /UNFOLD_\w+/.exec(stderr)?.[0]);
  const usage = 'UNFOLD_USAGE';
  expect(codes).toEqual(['UNFOLD_SAVED_UNKNOWN', usage, usage, usage, 'UNFOLD_WATCHED_ALREADY']);
});
