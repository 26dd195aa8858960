// unfold demo: a small fleet, made, crawled and asked on this machine.
import { join } from 'node:path';
import { runDemo } from '../../deploy/demo/demo.ts';
import { packageFolder } from '../package.ts';
import { makeDataFolder, settings, type GlobalOptions } from '../settings.ts';

/** Builds and runs the demo in a folder of its own within the data folder; returns the exit status. */
export async function demoCommand(options: GlobalOptions): Promise<number> {
  const folder = join((await settings(options)).dataFolder, 'demo');
  makeDataFolder(folder);
  return runDemo({ folder, unfold: join(packageFolder(), 'cli/unfold') });
}
