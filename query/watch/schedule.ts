// When a watcher asks again without a new frame: every so often, or by a cron expression.
import { schedule, validate } from 'node-cron';
import { UnfoldError } from '../../schemas/error.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Node's timers know no longer times. */
const LONGEST_MS = 2_147_483_647;

/** Calls `due` each time until it is ended by what is returned. */
export type Schedule = (due: () => void) => () => void;

/** `30s`, `5m`, `1h`, `1d`, or five or six fields of cron, in the time zone of this machine. Throws UNFOLD_USAGE. */
export function scheduleOf(text: string): Schedule {
  const [, amount = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? 0);
  if (ms > 0 && ms <= LONGEST_MS) {
    return (due) => {
      const timer = setInterval(due, ms);
      return () => clearInterval(timer);
    };
  }
  if (text.trim().split(/\s+/).length >= 5 && validate(text)) {
    return (due) => {
      const task = schedule(text, due);
      return () => void task.destroy();
    };
  }
  throw new UnfoldError('UNFOLD_USAGE', `${JSON.stringify(text)} is no schedule.`, {
    remedy: 'Write it as 30s, 5m, 1h or 1d (up to 24d), or as cron does: "*/5 * * * *".',
  });
}
