// Talks to one guestfish process: a command a line, its output up to a mark that no guest can know.
import { randomUUID } from 'node:crypto';
import { UnfoldError } from '../../../schemas/error.ts';
import { endGroup, hasTool, start } from '../../process.ts';
import { groupEnded, removeSockets, socketFolders } from './process-group.ts';

/** A command's output is a few lines; what is large goes over the scratch disk. */
const MOST_OUTPUT = 16 * 1024 * 1024;
/** How much of what a process said last is worth telling. */
const LAST_WORDS = 300;
const END_MS = 5000;

interface Waiting {
  readonly mark: string;
  resolve(output: string): void;
  reject(reason: unknown): void;
}

/** One guestfish process, and with it at most one appliance. After an error it is of no more use: end it. */
export class Guestfish {
  readonly #child: ReturnType<typeof start>;
  readonly #signal: AbortSignal;
  readonly #abort = (): void => void this.kill();
  #output = '';
  #waiting: Waiting | null = null;
  #ended = false;
  #over = false;

  /** An abort kills it. `verbose` has guestfish tell what it does. Throws UNFOLD_TOOL_MISSING. */
  constructor(options: {
    cwd: string;
    env: Record<string, string>;
    signal: AbortSignal;
    verbose?: boolean;
    heard?: (text: string) => void;
  }) {
    const { cwd, env, signal, heard, verbose } = options;
    if (!hasTool('guestfish')) throw new UnfoldError('UNFOLD_TOOL_MISSING', 'guestfish is not installed');
    signal.throwIfAborted();
    this.#signal = signal;
    // One pipe for both streams keeps an error before the mark that follows it.
    const command = `exec guestfish${verbose === true ? ' -v' : ''} 2>&1`;
    this.#child = start('sh', ['-c', command], { cwd, env });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.setEncoding('latin1').on('data', (text: string) => {
      heard?.(text);
      this.#hear(text);
    });
    this.#child.stderr.resume();
    signal.addEventListener('abort', this.#abort, { once: true });
    void this.#child.then(() => this.#gone());
  }

  /** Runs one command and resolves to what it printed, errors included. Rejects with UNFOLD_APPLIANCE_FAILED. */
  command(line: string, timeoutMs: number): Promise<string> {
    const mark = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      reject(failed(`did not answer within ${timeoutMs / 1000} s`));
      void this.kill();
    }, timeoutMs);
    this.#output = '';
    this.#waiting = { mark: `${mark}\n`, resolve, reject: (reason) => reject(reason) };
    if (this.#ended) this.#gone();
    else this.#child.stdin.write(`-${line}\necho ${mark}\n`);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting = null;
    });
  }

  /** Ends the process and its appliance, at once where it does not end by itself. Idempotent. */
  async end(): Promise<void> {
    const timer = setTimeout(() => void this.kill(), END_MS);
    this.#child.stdin.end();
    await this.#child;
    clearTimeout(timer);
    await this.kill();
  }

  /** Ends the process and its appliance at once. Idempotent. */
  async kill(): Promise<void> {
    // Later the number of the group may be that of another.
    if (this.#over) return;
    const sockets = socketFolders(this.#child.pid);
    endGroup(this.#child);
    await this.#child;
    await groupEnded(this.#child.pid);
    removeSockets(sockets);
    this.#over = true;
  }

  #hear(text: string): void {
    this.#output += text;
    if (this.#output.length > MOST_OUTPUT) {
      this.#waiting?.reject(failed('said more than was expected of it'));
      this.#output = '';
      void this.kill();
    } else if (this.#waiting !== null && this.#output.endsWith(this.#waiting.mark)) {
      this.#waiting.resolve(this.#output.slice(0, -this.#waiting.mark.length));
    }
  }

  #gone(): void {
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#abort);
    if (this.#signal.aborted) this.#waiting?.reject(this.#signal.reason);
    else this.#waiting?.reject(failed(`ended unexpectedly${lastWords(this.#output)}`));
  }
}

/** A word in the form that guestfish reads back unchanged. */
export function quoted(word: string): string {
  return `"${word.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** The first error in what guestfish printed, in one line; null: none. */
export function errorIn(output: string): string | null {
  const found = /libguestfs: error: (.*)/.exec(output)?.[1] ?? /^guestfish: (.*)/m.exec(output)?.[1];
  return found === undefined ? null : printable(found).slice(0, LAST_WORDS);
}

function lastWords(output: string): string {
  const words = errorIn(output) ?? printable(output).slice(-LAST_WORDS);
  return words === '' ? '' : `: ${words}`;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').trim();
}

function failed(message: string): UnfoldError {
  return new UnfoldError('UNFOLD_APPLIANCE_FAILED', `the appliance ${message}`);
}
