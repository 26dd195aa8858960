// unfold config check: validates the configuration file.
import { resolve } from 'node:path';
import type { Configuration } from '../../schemas/configuration.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { readConfiguration } from '../configuration.ts';
import { EXIT } from '../failure.ts';
import { engineOf } from '../index-choice.ts';
import { configurationFile, dataFolder, type GlobalOptions } from '../settings.ts';
import { harmless, print, toJson } from '../terminal.ts';

const MASKED = '«masked»';

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
  if (options.json === true) print(`${toJson(withoutSecrets(configuration))}\n`);
  else {
    const { targets } = configuration;
    print(`${harmless(file)}: valid, ${targets.length} ${targets.length === 1 ? 'target' : 'targets'}\n`);
    print(`data folder: ${harmless(dataFolder(options, configuration, file))}\n`);
    print(`index: ${harmless(indexText(options, configuration))}\n`);
  }
  return EXIT.found;
}

function indexText(options: GlobalOptions, { index }: Configuration): string {
  const engine = engineOf(options, index.engine);
  const { nodes, prefix } = index.elasticsearch ?? {};
  const where = options.elasticsearchNode ?? nodes?.map(withoutPassword);
  if (engine === 'embedded' || where === undefined) return engine;
  return `${engine}, ${prefix ?? 'unfold'}-* at ${where.join(', ')}`;
}

function withoutSecrets(configuration: Configuration): unknown {
  const { elasticsearch } = configuration.index;
  if (elasticsearch === undefined) return configuration;
  const { nodes, apiKey, password, ...rest } = elasticsearch;
  const shown = {
    nodes: nodes.map(withoutPassword),
    ...rest,
    ...(apiKey === undefined ? {} : { apiKey: MASKED }),
    ...(password === undefined ? {} : { password: MASKED }),
  };
  return { ...configuration, index: { ...configuration.index, elasticsearch: shown } };
}

function withoutPassword(node: string): string {
  return node.replace(/(:\/\/[^/@:]*):[^/@]*@/, `$1:${MASKED}@`);
}
