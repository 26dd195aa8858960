// The inside of a thread that answers: one question at a time, with an engine of its own.
import type { MessagePort } from 'node:worker_threads';
import type { SearchEngine } from '../../indexer/engines/search-engine.ts';
import { answer, answerStream, type AnsweringOptions } from './answering.ts';
import type { Question, StreamQuestion } from './asking.ts';
import { packError, type FromThread, type ToThread } from './thread-messages.ts';

/** Pieces of a stream are gathered to about so many characters. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Opens the engine when it is first asked, and again as long as there is none. */
export type OpenEngine = () => SearchEngine | Promise<SearchEngine>;

/** Answers what comes through the port, for as long as the thread lives. */
export function answerThrough(port: MessagePort, open: OpenEngine, options: AnsweringOptions): void {
  const thread = new AnsweringThread(port, open, options);
  port.on('message', (message: ToThread) => thread.take(message));
}

class AnsweringThread {
  readonly #port: MessagePort;
  readonly #open: OpenEngine;
  readonly #options: AnsweringOptions;
  #engine: SearchEngine | null = null;
  /** Wakes a stream that waits to go on. */
  #wake: (() => void) | null = null;
  #stopping = new AbortController();

  constructor(port: MessagePort, open: OpenEngine, options: AnsweringOptions) {
    this.#port = port;
    this.#open = open;
    this.#options = options;
  }

  take(message: ToThread): void {
    if (message === 'more') this.#wake?.();
    else if (message === 'enough') {
      this.#stopping.abort();
      this.#wake?.();
    } else void this.#run(message).catch((error: unknown) => this.#send({ failure: packError(error) }));
  }

  async #run(message: { question: Question } | { stream: StreamQuestion }): Promise<void> {
    this.#engine ??= await this.#open();
    this.#stopping = new AbortController();
    if ('stream' in message) {
      await this.#stream(this.#engine, message.stream, this.#stopping.signal);
      return;
    }
    const answered = await answer(this.#engine, message.question, this.#options, this.#stopping.signal);
    this.#port.postMessage({ answer: answered } satisfies FromThread, [answered.body.buffer as ArrayBuffer]);
  }

  async #stream(engine: SearchEngine, question: StreamQuestion, signal: AbortSignal): Promise<void> {
    let waiting = '';
    for await (const piece of answerStream(engine, question, this.#options, signal)) {
      waiting += piece;
      if (waiting.length < CHUNK_CHARACTERS) continue;
      await this.#chunk(waiting);
      signal.throwIfAborted();
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
