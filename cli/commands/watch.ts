// unfold watch: tells what changes in the answers to saved searches.
import { setTimeout } from 'node:timers/promises';
import { SavedFile } from '../../query/saved/saved-file.ts';
import { Deliveries } from '../../query/watch/deliveries.ts';
import { scheduleOf, type Schedule } from '../../query/watch/schedule.ts';
import { Watcher } from '../../query/watch/watcher.ts';
import { WatchStore } from '../../query/watch/watch-store.ts';
import { asUnfoldError, EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { interruptible } from '../interrupt.ts';
import { version } from '../package.ts';
import type { GlobalOptions } from '../settings.ts';
import { harmless, say, toJson } from '../terminal.ts';

/** Options of the command. */
export interface WatchCommandOptions extends GlobalOptions {
  every: string;
  once?: boolean;
}

/** How often is looked for new frames. */
const LOOK_MS = 1000;

/**
 * Watches until it is interrupted, or once; returns the exit status: 3 where an event still waits for its receiver.
 * Throws UNFOLD_SAVED_UNKNOWN, UNFOLD_WATCHED_ALREADY.
 */
export async function watchCommand(names: readonly string[], options: WatchCommandOptions): Promise<number> {
  const schedule = scheduleOf(options.every);
  return interruptible((interrupted) =>
    withIndex(options, async (engine, { dataFolder, staleAfterHours }) => {
      const saved = new SavedFile(dataFolder);
      for (const name of names) saved.named(name);
      using store = new WatchStore(dataFolder);
      const ending = new AbortController();
      const signal = AbortSignal.any([interrupted, ending.signal]);
      const watcher = new Watcher({ engine, saved, names, store, staleAfterHours, say: notice, signal });
      const deliveries = new Deliveries({
        store,
        search: (name) => saved.searches().find((one) => one.name === name) ?? null,
        print: printEvent,
        say: notice,
        userAgent: `unfold/${version()}`,
        signal,
      });
      try {
        if (options.once === true) return await watchOnce(watcher, deliveries);
        await watchOn(watcher, deliveries, schedule, signal);
        return EXIT.found;
      } finally {
        ending.abort();
        await deliveries.ended();
      }
    }),
  );
}

async function watchOnce(watcher: Watcher, deliveries: Deliveries): Promise<number> {
  await watcher.look(true);
  let arrived = true;
  for (const { name } of watcher.searches()) arrived = (await deliveries.tryOnce(name)) && arrived;
  return arrived ? EXIT.found : EXIT.incomplete;
}

async function watchOn(
  watcher: Watcher,
  deliveries: Deliveries,
  schedule: Schedule,
  signal: AbortSignal,
): Promise<void> {
  let isDue = true;
  const endSchedule = schedule(() => (isDue = true));
  let said: string | null = null;
  try {
    for (;;) {
      const all: boolean = isDue;
      isDue = false;
      const failure = await lookOnce(watcher, deliveries, all, signal);
      if (failure !== null && failure !== said) notice(failure);
      said = failure;
      if (failure !== null && all) isDue = true;
      await setTimeout(LOOK_MS, undefined, { signal });
    }
  } finally {
    endSchedule();
  }
}

/** Why it failed, for now. */
async function lookOnce(
  watcher: Watcher,
  deliveries: Deliveries,
  all: boolean,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await watcher.look(all);
    for (const { name } of watcher.searches()) deliveries.wake(name);
    return null;
  } catch (error) {
    return passing(error, signal);
  }
}

/** What is said of an error after which watching goes on, as an index that cannot be reached now. Throws others. */
function passing(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  const { code, message } = asUnfoldError(error);
  if (code === 'UNFOLD_INTERNAL') throw error;
  return `${code}: ${message}`;
}

/** An event of a search without webhook is done when its line is written. */
function printEvent(body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${toJson(JSON.parse(body))}\n`, (error) => {
      if (error == null) resolve();
      else reject(error);
    });
  });
}

function notice(message: string): void {
  say(`notice: ${harmless(message)}`);
}
