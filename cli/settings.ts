// Where things are: the data folder and the configuration file, from options, environment and XDG folders.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { UnfoldError } from '../schemas/error.ts';
import {
  engineOf,
  ENGINES,
  indexChoice,
  type Engine,
  type IndexChoice,
  type IndexOptions,
} from './index-choice.ts';

/** Options that every command takes. */
export interface GlobalOptions extends IndexOptions {
  data?: string;
  config?: string;
}

/** What commands that only read the index need. */
export interface Settings {
  dataFolder: string;
  index: IndexChoice;
  staleAfterHours: number;
}

/** The default of `coverage.staleAfterHours`, here too so that a search without a configuration file loads no schema. */
const STALE_AFTER_HOURS = 168;

/** The configuration file: `--config`, else ./unfold.yaml, else the one in the XDG configuration folder; null without one. */
export function configurationFile(options: GlobalOptions): string | null {
  if (options.config !== undefined) {
    if (existsSync(options.config)) return resolve(options.config);
    throw new UnfoldError('UNFOLD_PATH_MISSING', `There is no configuration file ${options.config}.`, {
      remedy: 'Check the path given with --config.',
    });
  }
  const candidates = [resolve('unfold.yaml'), join(xdg('XDG_CONFIG_HOME', '.config'), 'unfold.yaml')];
  return candidates.find((path) => existsSync(path)) ?? null;
}

/** Settles the data folder, the index, and what the configuration says about answers. Throws UNFOLD_CONFIG_INVALID. */
export async function settings(options: GlobalOptions): Promise<Settings> {
  const file = configurationFile(options);
  const configuration = file === null ? null : await readForAnswers(file);
  const folder = dataFolder(options, configuration, file);
  return {
    dataFolder: folder,
    index: await settledIndex(options, configuration?.index?.engine, { dataFolder: folder, file }),
    staleAfterHours: configuration?.coverage?.staleAfterHours ?? STALE_AFTER_HOURS,
  };
}

/** Of the configuration of an engine that is not used nothing is read. */
async function settledIndex(
  options: GlobalOptions,
  configured: Engine | undefined,
  places: { dataFolder: string; file: string | null },
): Promise<IndexChoice> {
  if (engineOf(options, configured) === 'embedded' || places.file === null)
    return indexChoice(options, null, places);
  const { readConfiguration } = await import('./configuration.ts');
  return indexChoice(options, readConfiguration(places.file).index, places);
}

/** `--data`, else `$UNFOLD_DATA`, else `data` of the configuration (relative to its file), else the XDG data folder. */
export function dataFolder(
  options: GlobalOptions,
  configuration: AnswerConfiguration | null,
  file: string | null,
): string {
  const given = options.data ?? (process.env['UNFOLD_DATA'] || undefined);
  if (given !== undefined) return resolve(given);
  if (configuration?.data !== undefined && file !== null) return resolve(dirname(file), configuration.data);
  return xdg('XDG_DATA_HOME', '.local/share');
}

/**
 * Makes a data folder to write to. Throws UNFOLD_DATA_UNWRITABLE. Step by step: Node's own recursive way never ends
 * on file systems such as /proc, where an existing folder takes no new one.
 */
export function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UnfoldError('UNFOLD_DATA_UNWRITABLE', `The data folder ${folder} cannot be made: ${message}.`, {
      cause,
    });
  }
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
    return;
  }
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** The part of a configuration that a question needs. */
interface AnswerConfiguration {
  data?: string | undefined;
  coverage?: { staleAfterHours?: number | undefined } | undefined;
  index?: { engine?: Engine | undefined } | undefined;
}

/**
 * Reads that part alone, as the schema of all of it takes longer to load than a search takes. Where the part is not
 * right, the whole is read, and says why.
 */
async function readForAnswers(file: string): Promise<AnswerConfiguration> {
  const { readYaml } = await import('./yaml-file.ts');
  const value = readYaml(file).value ?? {};
  if (isForAnswers(value)) return value;
  const { readConfiguration } = await import('./configuration.ts');
  return readConfiguration(file);
}

function isForAnswers(value: unknown): value is AnswerConfiguration {
  if (!isMap(value)) return false;
  const { data = '', coverage = {}, index = {} } = value;
  return typeof data === 'string' && isCoverage(coverage) && isIndex(index);
}

function isCoverage(value: unknown): boolean {
  if (!isMap(value)) return false;
  const { staleAfterHours = 1, ...more } = value;
  return typeof staleAfterHours === 'number' && staleAfterHours > 0 && Object.keys(more).length === 0;
}

function isIndex(value: unknown): boolean {
  if (!isMap(value)) return false;
  const { engine = 'embedded' } = value;
  return ENGINES.some((known) => known === engine);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function xdg(variable: string, fallback: string): string {
  const base = process.env[variable] ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), fallback), 'unfold');
}
