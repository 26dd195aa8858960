// How far long work is, how fast it goes and how long it will take: one line on stderr, on a terminal only.
import type { Progress } from '../../indexer/engines/index-keeping.ts';

const INTERVAL_MS = 200;
const CLEAR = '\r\x1b[K';

/** Shows progress of work on so many things: `12/100 systems  3.1/s  28 s left`. Call `end` before anything else stands there. */
export class LongWork {
  readonly #what: string;
  readonly #format: (amount: number) => string;
  readonly #isOn = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  readonly #started = performance.now();
  #drawn = 0;

  constructor(what: string, format: (amount: number) => string = (amount) => amount.toLocaleString('en-US')) {
    this.#what = what;
    this.#format = format;
  }

  readonly progress: Progress = (done, total) => {
    const now = performance.now();
    if (!this.#isOn || now - this.#drawn < INTERVAL_MS) return;
    this.#drawn = now;
    const line = progressLine({ done, total, seconds: (now - this.#started) / 1000 }, this.#format);
    process.stderr.write(CLEAR + `${this.#what}  ${line}`.slice(0, Math.max(20, process.stderr.columns - 1)));
  };

  /** Removes the line. */
  end(): void {
    if (this.#isOn) process.stderr.write(CLEAR);
  }
}

/** `12/100  3.1/s  28 s left`. */
export function progressLine(
  { done, total, seconds }: { done: number; total: number; seconds: number },
  format: (amount: number) => string,
): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? `  ${duration((total - done) / rate)} left` : '';
  const shown = rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10;
  return `${format(done)}/${format(total)}  ${format(shown)}/s${left}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
