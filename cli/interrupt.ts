// Ctrl-C and its kin: the first asks a command to end cleanly, the second ends it at once.
import { UnfoldError } from '../schemas/error.ts';
import { EXIT } from './failure.ts';
import { say } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs work that an interrupt aborts; returns its exit status, or that of an interrupt. */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    say('interrupted: ending');
    controller.abort(new UnfoldError('UNFOLD_CRAWL_ABORTED', 'interrupted'));
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    const status = await work(controller.signal);
    return controller.signal.aborted ? EXIT.interrupted : status;
  } catch (error) {
    if (controller.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
}
