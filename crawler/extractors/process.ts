// Running processes, with the secrets in their arguments masked.
import type { ProcessEntry } from '../../schemas/entries.ts';
import { redactArguments } from '../redaction/arguments.ts';
import { nameAccounts } from '../text/accounts.ts';
import type { LiveProcess } from '../views/live/live-state.ts';
import type { Extraction, ExtractionContext, Extractor } from './extractor.ts';

const PASSWD = '/etc/passwd';
const MAX_ACCOUNT_BYTES = 2 * 1024 * 1024;

/** What a process waits for changes from one moment to the next: only what lasts tells two states apart. */
const STATES: ReadonlyMap<string, ProcessEntry['state']> = new Map([
  ['R', 'running'],
  ['S', 'running'],
  ['I', 'running'],
  ['D', 'blocked'],
  ['T', 'stopped'],
  ['t', 'stopped'],
  ['Z', 'zombie'],
  ['X', 'zombie'],
]);

class ProcessExtraction implements Extraction {
  readonly live = { process: (process: LiveProcess): void => this.#process(process) };
  readonly #context: ExtractionContext;

  constructor(context: ExtractionContext) {
    this.#context = context;
  }

  /** That the file cannot be read is the file extractor's to report: here a name is missing, the id is there. */
  read({ content }: Parameters<NonNullable<Extraction['read']>>[0]): void {
    if ('bytes' in content) nameAccounts(content.bytes.toString(), this.#context.knowledge.users);
  }

  #process(process: LiveProcess): void {
    const { pid, vpid, parent, name, executable, uid, cgroup } = process;
    const { args, masked } = redactArguments(process.args);
    for (const [rule, values] of Object.entries(masked)) this.#context.masked(rule, values);
    const state = STATES.get(process.state);
    const user = uid === undefined ? undefined : this.#context.knowledge.users.get(uid);
    const start = new Date(process.startMs).toISOString();
    const entry: ProcessEntry = {
      pid,
      ...(vpid === undefined ? {} : { vpid }),
      ...(parent === 0 ? {} : { parent: { pid: parent } }),
      name,
      ...(executable === undefined ? {} : { executable }),
      args: [...args],
      command_line: args.join(' '),
      ...(process.truncated ? { truncated: true } : {}),
      ...(uid === undefined
        ? {}
        : { user: { id: String(uid), ...(user === undefined ? {} : { name: user }) } }),
      start,
      ...(state === undefined ? {} : { state }),
      threads: process.threads,
      memory: { rss: powerOfTwo(process.rssBytes) },
      ...(cgroup === undefined ? {} : { cgroup }),
    };
    this.#context.emit(`${pid}@${start}`, entry);
  }
}

/** Rounded down, so that a process whose memory breathes is one fact. */
function powerOfTwo(bytes: number): number {
  return bytes < 1 ? 0 : 2 ** Math.floor(Math.log2(bytes));
}

/** Extracts every process. */
export const process: Extractor = {
  name: 'process',
  feature: 'process',
  requires: ['processes'],
  reads: [{ pattern: PASSWD, maxBytes: MAX_ACCOUNT_BYTES }],
  start: (context) => new ProcessExtraction(context),
};
