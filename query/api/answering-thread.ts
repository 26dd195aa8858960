// The inside of a thread that answers: one question at a time, with an engine of its own.
import type { MessagePort } from 'node:worker_threads';
import type { Index } from '../../indexer/engines/index-keeping.ts';
import { answer, answerStream, type AnsweringOptions } from './answering.ts';
import { restricted, type ServedIndex } from '../restricted.ts';
import type { StreamQuestion } from './asking.ts';
import { packError, type FromThread, type ToAnswer, type ToThread } from './thread-messages.ts';

/** Pieces of a stream are gathered to about so many characters. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Who wants no answer any more ends the thread: SQLite hears of nothing else while it works. */
const NEVER = new AbortController().signal;

/** Opens the engine when it is first asked, and again as long as there is none. */
export type OpenEngine = () => Index | Promise<Index>;

/** Answers what comes through the port, for as long as the thread lives. */
export function answerThrough(port: MessagePort, open: OpenEngine, options: AnsweringOptions): void {
  const thread = new AnsweringThread(port, open, options);
  port.on('message', (message: ToThread) => thread.take(message));
}

class AnsweringThread {
  readonly #port: MessagePort;
  readonly #open: OpenEngine;
  readonly #options: AnsweringOptions;
  #engine: Index | null = null;
  /** Wakes a stream that waits to go on. */
  #wake: (() => void) | null = null;

  constructor(port: MessagePort, open: OpenEngine, options: AnsweringOptions) {
    this.#port = port;
    this.#open = open;
    this.#options = options;
  }

  take(message: ToThread): void {
    if (message === 'more') this.#wake?.();
    else void this.#run(message).catch((error: unknown) => this.#send({ failure: packError(error) }));
  }

  async #run(message: ToAnswer): Promise<void> {
    this.#engine ??= await this.#open();
    const { labels } = message;
    const seen = labels === null ? this.#engine : restricted(this.#engine, labels);
    if ('stream' in message) {
      await this.#stream(seen, message.stream);
      return;
    }
    const answered = await answer(seen, message.question, this.#options, NEVER);
    this.#port.postMessage({ answer: answered } satisfies FromThread, [answered.body.buffer as ArrayBuffer]);
  }

  async #stream(engine: ServedIndex, question: StreamQuestion): Promise<void> {
    let waiting = '';
    for await (const piece of answerStream(engine, question, this.#options, NEVER)) {
      waiting += piece;
      if (waiting.length < CHUNK_CHARACTERS) continue;
      await this.#chunk(waiting);
      waiting = '';
    }
    if (waiting !== '') await this.#chunk(waiting);
    this.#send({ end: true });
  }

  /** Sends a piece, and waits until it is wanted to go on. */
  async #chunk(text: string): Promise<void> {
    const wanted = new Promise<void>((resolve) => (this.#wake = resolve));
    this.#send({ chunk: new TextEncoder().encode(text) });
    await wanted;
  }

  #send(message: FromThread): void {
    this.#port.postMessage(message);
  }
}
