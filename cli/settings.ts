// Where things are: the data folder and the configuration file, from options, environment and XDG folders.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { UnfoldError } from '../schemas/error.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  data?: string;
  config?: string;
}

/** What commands that only read the index need. */
export interface Settings {
  dataFolder: string;
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

/** Settles the data folder, and what the configuration says about answers. Throws UNFOLD_CONFIG_INVALID. */
export async function settings(options: GlobalOptions): Promise<Settings> {
  const file = configurationFile(options);
  const configuration = file === null ? null : await readForAnswers(file);
  return {
    dataFolder: dataFolder(options, configuration, file),
    staleAfterHours: configuration?.coverage?.staleAfterHours ?? STALE_AFTER_HOURS,
  };
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
  if (typeof value !== 'object' || value === null) return false;
  const { data = '', coverage = {} } = value as Record<string, unknown>;
  if (typeof data !== 'string' || typeof coverage !== 'object' || coverage === null) return false;
  const { staleAfterHours = 1, ...more } = coverage as Record<string, unknown>;
  return typeof staleAfterHours === 'number' && staleAfterHours > 0 && Object.keys(more).length === 0;
}

function xdg(variable: string, fallback: string): string {
  const base = process.env[variable] ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), fallback), 'unfold');
}
