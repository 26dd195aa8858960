// unfold config check: validates the configuration file.
import { resolve } from 'node:path';
import { UnfoldError } from '../../schemas/error.ts';
import { readConfiguration } from '../configuration.ts';
import { EXIT } from '../failure.ts';
import { configurationFile, dataFolder, type GlobalOptions } from '../settings.ts';
import { harmless, print, toJson } from '../terminal.ts';

/** Prints what the file sets; returns the exit status. Throws UNFOLD_CONFIG_INVALID. */
export function configCheckCommand(
  named: string | undefined,
  options: GlobalOptions & { json?: boolean },
): number {
  const file = configurationFile(named === undefined ? options : { ...options, config: named });
  if (file === null)
    throw new UnfoldError('UNFOLD_PATH_MISSING', `There is no ${resolve('unfold.yaml')}.`, {
      remedy: 'Name a configuration file; without one, the defaults hold.',
    });
  const configuration = readConfiguration(file);
  if (options.json === true) print(`${toJson(configuration)}\n`);
  else {
    const { targets } = configuration;
    print(`${harmless(file)}: valid, ${targets.length} ${targets.length === 1 ? 'target' : 'targets'}\n`);
    print(`data folder: ${harmless(dataFolder(options, configuration, file))}\n`);
  }
  return EXIT.found;
}
