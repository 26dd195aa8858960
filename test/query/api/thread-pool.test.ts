// Threads that answer: slow questions hold back their own thread, end at their deadline, and too many are refused.
import { expect, test } from '@jest/globals';
import type { Question } from '../../../query/api/asking.ts';
import { ThreadPool, type PoolOptions } from '../../../query/api/thread-pool.ts';

const NEVER = new AbortController().signal;

/** A pool for one test. */
function pool(options: Partial<PoolOptions> = {}): ThreadPool & AsyncDisposable {
  const made = new ThreadPool({
    script: new URL('slow-thread.ts', import.meta.url),
    data: null,
    threads: 2,
    streams: 1,
    waiting: 100,
    deadlineMs: 30_000,
    abandonedMs: 50,
    ...options,
  });
  return Object.assign(made, { [Symbol.asyncDispose]: () => made.close() });
}

/** A question that takes so many milliseconds. */
function taking(ms: number): Question {
  return { ask: 'coverage', at: new Date(ms * 1000).toISOString() };
}

test('a slow question holds nobody else up', async () => {
  await using threads = pool();
  const order: string[] = [];
  const slow = threads.answer(taking(3000), null, NEVER).then(() => order.push('slow'));
  for (let i = 0; i < 10; i++) await threads.answer(taking(1), null, NEVER).then(() => order.push('quick'));
  expect(order).toEqual(Array.from({ length: 10 }, () => 'quick'));
  await slow;
});

test('a question ends at its deadline, and the thread is replaced', async () => {
  await using threads = pool({ threads: 1, deadlineMs: 1500 });
  await expect(threads.answer(taking(600_000), null, NEVER)).rejects.toMatchObject({
    code: 'UNFOLD_QUERY_TIMEOUT',
  });
  const { body } = await threads.answer(taking(1), null, NEVER);
  expect(JSON.parse(new TextDecoder().decode(body))).toMatchObject({ schema: 'unfold.coverage/1' });
});

test('a question that nobody waits for any more gives its thread back', async () => {
  await using threads = pool({ threads: 1 });
  await threads.answer(taking(1), null, NEVER);
  const gone = new AbortController();
  const slow = threads.answer(taking(600_000), null, gone.signal);
  const waiting = threads.answer(taking(1), null, gone.signal);
  gone.abort(new Error('gone'));
  await expect(slow).rejects.toThrow('gone');
  await expect(waiting).rejects.toThrow('gone');
  expect(await threads.answer(taking(1), null, NEVER)).toMatchObject({ systems: null });
});

test('more questions than may wait are refused', async () => {
  await using threads = pool({ threads: 1, waiting: 2 });
  const asked = Array.from({ length: 5 }, () => threads.answer(taking(100), null, NEVER));
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled', 'fulfilled'],
    ...['rejected', 'rejected'],
  ]);
  expect(outcomes[4]).toMatchObject({ reason: { code: 'UNFOLD_OVERLOADED' } });
});

test('a script that does not start is an error, every time', async () => {
  await using threads = pool({ script: new URL('no-such-thread.ts', import.meta.url) });
  for (let i = 0; i < 3; i++)
    await expect(threads.answer(taking(1), null, NEVER)).rejects.toMatchObject({ code: 'UNFOLD_INTERNAL' });
});
