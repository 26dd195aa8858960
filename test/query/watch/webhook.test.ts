// Deliveries to real receivers: signed, tried again where that may help, never redirected.
import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pauseAfter, post, signature, type Outcome } from '../../../query/watch/webhook.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { Receiver } from './receiver.ts';

const SECRET = 'sixteen-characters-or-more';
const EVENT = { id: '00000000-0000-4000-8000-000000000000', body: '{"näme":"\u0000 \ud83e\udd84"}' };
const OPTIONS = { userAgent: 'unfold/0', signal: NO_SIGNAL };
const receivers: Receiver[] = [];
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

async function receiving(...statuses: number[]): Promise<{ receiver: Receiver; url: string }> {
  const receiver = new Receiver();
  receivers.push(receiver);
  receiver.statuses.push(...statuses);
  return { receiver, url: await receiver.listen() };
}

test('a receiver can check who sent what, and when', async () => {
  const { receiver, url } = await receiving();
  expect(await post({ url, secret: SECRET }, EVENT, OPTIONS)).toEqual({ outcome: 'delivered' });
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
  expect(body).toBe(EVENT.body);
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': EVENT.id,
    'user-agent': 'unfold/0',
  });
  const timestamp = String(headers['unfold-timestamp']);
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60);
  const expected = createHmac('sha256', SECRET)
    .update(Buffer.from(`${timestamp}.${body}`))
    .digest('hex');
  expect(headers['unfold-signature']).toBe(`sha256=${expected}`);
});

test('without a secret there is no signature', async () => {
  const { receiver, url } = await receiving();
  await post({ url, secret: null }, EVENT, OPTIONS);
  expect(receiver.received[0]?.headers).not.toHaveProperty('unfold-signature');
});

test.each<[number, Outcome]>([
  [204, { outcome: 'delivered' }],
  [429, { outcome: 'again', reason: 'it answered 429', wishedMs: 7000 }],
  [503, { outcome: 'again', reason: 'it answered 503', wishedMs: 7000 }],
  [500, { outcome: 'again', reason: 'it answered 500', wishedMs: 7000 }],
  [400, { outcome: 'refused', reason: 'it answered 400' }],
  [410, { outcome: 'refused', reason: 'it answered 410' }],
])('an answer %d', async (status, outcome) => {
  const { receiver, url } = await receiving(status);
  receiver.headers = { 'retry-after': '7' };
  expect(await post({ url, secret: SECRET }, EVENT, OPTIONS)).toEqual(outcome);
});

test.each([301, 302, 303, 307, 308])('a redirection %d leads nowhere', async (status) => {
  const inner = await receiving();
  const { receiver, url } = await receiving(status);
  receiver.headers = { location: inner.url };
  expect(await post({ url, secret: SECRET }, EVENT, OPTIONS)).toMatchObject({ outcome: 'refused' });
  expect(inner.receiver.received).toEqual([]);
});

test('a receiver that is not there is tried again, and neither its path nor the secret is told', async () => {
  const { receiver, url } = await receiving();
  await receiver.close();
  const outcome = await post({ url, secret: SECRET }, EVENT, OPTIONS);
  expect(outcome).toEqual({ outcome: 'again', reason: 'ECONNREFUSED', wishedMs: null });
});

test('an interrupt ends a delivery', async () => {
  const { url } = await receiving();
  const signal = AbortSignal.abort(new Error('interrupted'));
  await expect(post({ url, secret: null }, EVENT, { ...OPTIONS, signal })).rejects.toThrow('interrupted');
});

test('pauses double up to five minutes, are spread, and obey the receiver within an hour', () => {
  const times = Array.from({ length: 12 }, (_, attempts) => pauseAfter(attempts, null, () => 1));
  expect(times.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
  expect(times.slice(-2)).toEqual([300_000, 300_000]);
  fc.assert(
    fc.property(
      fc.nat(),
      fc.option(fc.nat(1e9)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, wish, random) => {
        const pause = pauseAfter(attempts, wish, () => random);
        const longest = Math.min(300_000, 1000 * 2 ** Math.min(attempts, 30));
        const wished = Math.min(wish ?? 0, 3_600_000);
        expect(pause).toBeGreaterThanOrEqual(Math.max(longest / 2, wished));
        expect(pause).toBeLessThanOrEqual(Math.max(longest, wished));
      },
    ),
  );
});

test('no two bodies share a signature by where the timestamp ends', () => {
  expect(signature(SECRET, '1', '2.x')).not.toBe(signature(SECRET, '12', '.x'));
});
