// Threads that answer: a slow question holds back its own thread only, and is ended at its deadline.
import { Worker } from 'node:worker_threads';
import { UnfoldError } from '../../schemas/error.ts';
import type { AnswerBody, Asking, Question, SeenLabels, StreamQuestion } from './asking.ts';
import { unpackError, type FromThread, type ToAnswer, type ToThread } from './thread-messages.ts';

/** What a thread may take for itself; SQLite's memory is not part of it. */
const THREAD_HEAP_MIB = 1024;

/** How many threads, and what is asked of them at most. */
export interface PoolOptions {
  /** The thread's script; it calls `answerThrough`. */
  readonly script: URL;
  /** What the script needs to open the index. */
  readonly data: unknown;
  readonly threads: number;
  /** Streams at a time, each with a thread of its own. */
  readonly streams: number;
  /** Questions that wait for a thread. */
  readonly waiting: number;
  /** Milliseconds a question may take once it has a thread; of a stream, each step. */
  readonly deadlineMs: number;
  /** Milliseconds that an answer nobody waits for any more is still worth, rather than a new thread. */
  readonly abandonedMs: number;
}

interface Job {
  readonly asked: ToAnswer;
  readonly resolve: (answer: AnswerBody) => void;
  readonly reject: (error: unknown) => void;
  /** Set when nobody waits for the answer any more. */
  abandoned: boolean;
  onAbandoned: (() => void) | null;
}

/** How busy the pool is. */
export interface PoolState {
  readonly running: number;
  readonly waiting: number;
  readonly streams: number;
}

/** A fixed number of threads for answers, and one more for each stream. */
export class ThreadPool implements Asking {
  readonly #options: PoolOptions;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: Job[] = [];
  #running = 0;
  #streams = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    for (let number = 0; number < options.threads; number++) this.#idle.push(this.#start());
  }

  get state(): PoolState {
    return { running: this.#running, waiting: this.#waiting.length, streams: this.#streams };
  }

  answer(question: Question, labels: SeenLabels, signal: AbortSignal): Promise<AnswerBody> {
    if (this.#waiting.length >= this.#options.waiting)
      return Promise.reject(
        new UnfoldError('UNFOLD_OVERLOADED', `${this.#waiting.length} questions are waiting already.`),
      );
    return new Promise((resolve, reject) => {
      const job: Job = { asked: { question, labels }, resolve, reject, abandoned: false, onAbandoned: null };
      const abandon = (): void => {
        job.abandoned = true;
        reject(signal.reason as Error);
        const at = this.#waiting.indexOf(job);
        if (at >= 0) this.#waiting.splice(at, 1);
        job.onAbandoned?.();
      };
      if (signal.aborted) {
        abandon();
        return;
      }
      signal.addEventListener('abort', abandon, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  async *stream(
    question: StreamQuestion,
    labels: SeenLabels,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const { streams } = this.#options;
    if (this.#streams >= streams)
      throw new UnfoldError('UNFOLD_OVERLOADED', `${streams} exports are under way already.`);
    this.#streams += 1;
    const thread = this.#start();
    try {
      let message: ToThread = { stream: question, labels };
      for (;;) {
        const reply = await this.#exchange(thread, message, signal);
        if ('failure' in reply) throw unpackError(reply.failure);
        if (!('chunk' in reply)) return;
        yield reply.chunk;
        message = 'more';
      }
    } finally {
      this.#streams -= 1;
      this.#end(thread);
    }
  }

  /** Ends every thread; what is being asked is not answered. */
  async close(): Promise<void> {
    this.#closed = true;
    const closing = new UnfoldError('UNFOLD_OVERLOADED', 'The server is ending.');
    for (const job of this.#waiting.splice(0)) job.reject(closing);
    await Promise.all([...this.#all].map((thread) => thread.terminate()));
  }

  #start(): Worker {
    const { script, data } = this.#options;
    const resourceLimits = { maxOldGenerationSizeMb: THREAD_HEAP_MIB };
    const thread = new Worker(script, { workerData: data, resourceLimits });
    // One that dies while nothing is asked of it is replaced when it is needed.
    thread
      .on('error', () => undefined)
      .on('exit', () => {
        this.#all.delete(thread);
        const at = this.#idle.indexOf(thread);
        if (at >= 0) this.#idle.splice(at, 1);
      });
    this.#all.add(thread);
    return thread;
  }

  #end(thread: Worker): void {
    this.#all.delete(thread);
    // What SQLite is doing ends in its own time: nobody waits for it.
    void thread.terminate();
  }

  #next(): void {
    while (!this.#closed && this.#running < this.#options.threads) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      const thread = this.#idle.shift() ?? this.#start();
      this.#running += 1;
      void this.#run(thread, job).then((reusable) => {
        this.#running -= 1;
        if (reusable) this.#idle.push(thread);
        else this.#end(thread);
        this.#next();
      });
    }
  }

  /** Settles the job; whether the thread can take another. */
  async #run(thread: Worker, job: Job): Promise<boolean> {
    const giveUp = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const abandoned = (): void => {
      timer ??= setTimeout(() => giveUp.abort(timeout(this.#options.abandonedMs)), this.#options.abandonedMs);
    };
    job.onAbandoned = abandoned;
    if (job.abandoned) abandoned();
    try {
      const reply = await this.#exchange(thread, job.asked, giveUp.signal);
      if ('answer' in reply) job.resolve(reply.answer);
      else if ('failure' in reply) job.reject(unpackError(reply.failure));
      return true;
    } catch (error) {
      job.reject(error);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says something and waits for the reply. Throws where the thread dies, takes too long, or the signal aborts. */
  #exchange(thread: Worker, message: ToThread, signal: AbortSignal): Promise<FromThread> {
    const { deadlineMs } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        thread.off('message', replied).off('error', died).off('exit', exited);
        then();
      };
      const replied = (reply: FromThread): void => settle(() => resolve(reply));
      const died = (error: unknown): void => settle(() => reject(crashed(error)));
      const exited = (): void => settle(() => reject(crashed(null)));
      const aborted = (): void => settle(() => reject(signal.reason as Error));
      const timer = setTimeout(() => settle(() => reject(timeout(deadlineMs))), deadlineMs);
      if (signal.aborted) {
        aborted();
        return;
      }
      signal.addEventListener('abort', aborted, { once: true });
      thread.on('message', replied).on('error', died).on('exit', exited);
      thread.postMessage(message);
    });
  }
}

function timeout(ms: number): UnfoldError {
  return new UnfoldError('UNFOLD_QUERY_TIMEOUT', `The answer took longer than ${ms / 1000} s.`);
}

function crashed(cause: unknown): UnfoldError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new UnfoldError('UNFOLD_INTERNAL', `the thread that answered ended unexpectedly${why}`, { cause });
}
