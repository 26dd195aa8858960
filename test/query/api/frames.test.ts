// Frames that crawlers on other machines send.
import { readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { IngestAnswer } from '../../../schemas/api.ts';
import { Log } from '../../../schemas/comparison.ts';
import { completeFrame, frameText } from '../../cli/process.ts';
import { eventually, Served, type Reply } from './serving.ts';

const server = new Served();
beforeAll(() => server.start());
afterAll(() => server[Symbol.asyncDispose]());

function send(body: string, type = 'application/x-ndjson'): Promise<Reply> {
  return server.fetch('/v1/frames', { method: 'POST', headers: { 'content-type': type }, body });
}

test('are indexed, and found at once', async () => {
  const before = await server.search('sent');
  const frame = frameText(completeFrame('remote1', 'sent over the wire'));
  const { frames } = IngestAnswer.parse((await send(frame)).json);
  expect(frames).toMatchObject([{ system: 'rootfs:host1/srv/remote1', outcome: 'applied', opened: 1 }]);
  const after = await server.search('sent');
  expect(after.json).toMatchObject({ total: { systems: 1 } });
  expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  expect(IngestAnswer.parse((await send(frame)).json).frames).toMatchObject([{ outcome: 'known' }]);
});

test('that are refused keep others neither out nor unsaid', async () => {
  const good = frameText(completeFrame('remote2', 'good'));
  const cut = frameText(completeFrame('remote3', 'cut')).split('\n').slice(0, 2).join('\n');
  const { status, json } = await send(`${cut}\n${good}`);
  expect(status).toBe(200);
  const { frames } = IngestAnswer.parse(json);
  expect(frames).toMatchObject([{ refused: { code: 'UNFOLD_FRAME_CUT' } }, { outcome: 'applied' }]);
  expect((await server.fetch('/v1/systems/remote3')).status).toBe(404);
});

test('come as NDJSON alone, which no form of a foreign page sends', async () => {
  const frame = frameText(completeFrame('remote4', 'x'));
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect((await send(frame, type)).status).toBe(415);
  expect((await send('no frame\n')).json).toMatchObject({
    frames: [{ refused: { code: 'UNFOLD_FRAME_INVALID' } }],
  });
  expect((await send('')).status).toBeGreaterThanOrEqual(400);
});

test('of a client that goes away change nothing, and leave nothing behind', async () => {
  const { hostname, port } = new URL(server.base);
  const frame = frameText(completeFrame('remote5', 'x'));
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /v1/frames HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n${frame}`,
  );
  const arrived = () => readdirSync(`${server.place.data}/incoming`);
  expect(await eventually(arrived, ({ length }) => length === 1)).toHaveLength(1);
  socket.destroy();
  expect(await eventually(arrived, ({ length }) => length === 0)).toEqual([]);
  expect((await send(frameText(completeFrame('remote6', 'x')))).status).toBe(200);
  expect((await server.fetch('/v1/systems/remote5')).status).toBe(404);
});

test('are not taken where the server only reads', async () => {
  await using reader = await new Served().start(['--read-only']);
  const init = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: 'x' };
  expect((await reader.fetch('/v1/frames', init)).json).toMatchObject({ code: 'UNFOLD_ROUTE_UNKNOWN' });
});

test('let the past go that the configuration does not keep', async () => {
  await using keeping = new Served();
  writeFileSync(keeping.place.path('unfold.yaml'), 'index: { retention: { frames: 2 } }\n');
  await keeping.start();
  const sketch = (minutes: number) => ({
    ...completeFrame('kept', `text ${minutes}`),
    at: new Date(Date.now() - minutes * 60_000).toISOString(),
  });
  const post = (body: string) =>
    keeping.fetch('/v1/frames', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    });
  const frames = async () =>
    Log.parse((await keeping.fetch('/v1/systems/kept/frames')).json).frames.map(({ at }) => at);
  const sketches = [5, 4, 3, 2].map(sketch);
  const newest = sketches.map(({ at }) => at).reverse();
  expect(IngestAnswer.parse((await post(sketches.map(frameText).join(''))).json).frames).toHaveLength(4);
  expect(await frames()).toEqual(newest.slice(0, 2));
  const last = sketch(1);
  expect((await post(frameText(last))).status).toBe(200);
  expect(await frames()).toEqual([last.at, newest[0]]);
});
