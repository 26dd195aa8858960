// Schedules of a watcher: every so often, or as cron says.
import { expect, test } from '@jest/globals';
import { scheduleOf } from '../../../query/watch/schedule.ts';

/** Resolves when the schedule has come twice. */
function twice(text: string): Promise<void> {
  return new Promise((resolve) => {
    let times = 0;
    const end = scheduleOf(text)(() => {
      times += 1;
      if (times < 2) return;
      end();
      resolve();
    });
  });
}

test.each(['1s', '* * * * * *'])('%s comes again and again', async (text) => {
  await expect(twice(text)).resolves.toBeUndefined();
});

test.each(['30s', '5m', '1h', '24d', '*/5 * * * *', '0 8 * * 1-5', ' 5m '])('%s is one', (text) => {
  scheduleOf(text)(() => undefined)();
});

test.each(['', '5', '0s', '-5m', '5 m', '25d', '999999d', 'never', '* * * *', '61 * * * *', '5m * * * *'])(
  '%j is none',
  (text) => {
    expect(() => scheduleOf(text)).toThrow(expect.objectContaining({ code: 'UNFOLD_USAGE' }));
  },
);
