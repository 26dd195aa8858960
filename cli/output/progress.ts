// How far a crawl is: one line on stderr that updates itself, on a terminal only.
import type { CrawlProgress } from '../../crawler/worker-report.ts';
import type { SystemRef } from '../../schemas/system.ts';
import { harmless } from '../terminal.ts';
import { bytes, count } from './figures.ts';

const INTERVAL_MS = 200;
const CLEAR = '\r\x1b[K';

/** Shows the systems under way. Call `end` before anything else is to stand there. */
export class Progress {
  readonly #total: number;
  readonly #running = new Map<string, { name: string; state: CrawlProgress; since: number }>();
  readonly #isOn = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  #finished = 0;
  #drawn = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** A crawl went on. */
  update(system: SystemRef, state: CrawlProgress): void {
    const since = this.#running.get(system.id)?.since ?? performance.now();
    this.#running.set(system.id, { name: system.name, state, since });
    if (performance.now() - this.#drawn > INTERVAL_MS) this.#draw();
  }

  /** A crawl ended; its line may be printed now. */
  finished(system: SystemRef): void {
    this.#running.delete(system.id);
    this.#finished++;
    this.end();
  }

  /** Says something above the line. */
  say(text: string): void {
    this.end();
    process.stderr.write(`${text}\n`);
  }

  /** Removes the line. */
  end(): void {
    if (this.#isOn) process.stderr.write(CLEAR);
  }

  #draw(): void {
    if (!this.#isOn) return;
    this.#drawn = performance.now();
    const running = [...this.#running.values()].map(({ name, state, since }) => {
      const seconds = Math.max(0.001, (performance.now() - since) / 1000);
      const problems = state.problems > 0 ? `, ${count(state.problems, 'problem')}` : '';
      const rate = Math.round(state.entries / seconds).toLocaleString('en-US');
      return `${harmless(name)}: ${state.phase} ${count(state.files, 'file')}, ${bytes(state.bytes)}, ${rate} entries/s${problems}`;
    });
    const line = `${this.#finished}/${this.#total} systems  ${running.join('  ')}`;
    process.stderr.write(CLEAR + line.slice(0, Math.max(20, process.stderr.columns - 1)));
  }
}
