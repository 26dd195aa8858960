// Directory trees on this machine: rootfs:PATH.
import { accessSync, constants, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UnfoldError, type ErrorCode } from '../../schemas/error.ts';
import type { TargetConfiguration } from '../../schemas/configuration.ts';
import type { SystemView } from '../views/view.ts';
import { systemCode } from '../views/tree/anchor.ts';
import { openTree } from '../views/tree/tree-view.ts';
import { lostSystems } from '../lost-systems.ts';
import { FILE_FEATURES, type FoundSystem, type OpenContext, type Source } from './source.ts';

const SCHEME = 'rootfs';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'UNFOLD_PATH_MISSING',
  ENOTDIR: 'UNFOLD_NOT_A_DIRECTORY',
};

/** One system per target: `rootfs:HOST/ABSOLUTE/PATH`. */
export const rootfs: Source = {
  scheme: SCHEME,
  list: (target, host) => Promise.resolve().then(() => [find(target, host)]),
  lost(target, host, known, listed) {
    if (listed !== null) return [];
    const asked = target.target.slice(SCHEME.length + 1);
    if (asked === '') return [];
    const path = whereItWas(resolve(asked));
    return lostSystems({ root: `${SCHEME}:${host}`, path, inFolder: false }, target, known);
  },
  open,
};

function find(target: TargetConfiguration, host: string): FoundSystem {
  const asked = target.target.slice(SCHEME.length + 1);
  const place = checked(asked, () => readableDirectory(asked));
  const name = target.name ?? (basename(place) || host);
  return {
    ref: { id: `${SCHEME}:${host}${place}`, kind: 'host', name, labels: target.labels },
    scheme: SCHEME,
    place,
    target,
    features: FILE_FEATURES,
  };
}

async function open(system: FoundSystem, context: OpenContext): Promise<SystemView> {
  context.phase('open');
  checked(system.place, () => readableDirectory(system.place));
  return openTree(system.place, context);
}

/** The real path of a directory that can be listed and entered. */
function readableDirectory(path: string): string {
  if (path === '') throw Object.assign(new Error(), { code: 'ENOENT' });
  const real = realpathSync(path);
  if (!statSync(real).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  accessSync(real, constants.R_OK | constants.X_OK);
  return real;
}

/** The real path that a path had or would have: links are followed as far as they lead, also into what is gone. */
function whereItWas(path: string, links = 40): string {
  try {
    return realpathSync(path);
  } catch {
    if (path === '/') return path;
    const folder = whereItWas(dirname(path), links);
    const place = join(folder, basename(path));
    const link = links > 0 ? linkTarget(place) : null;
    return link === null ? place : whereItWas(resolve(folder, link), links - 1);
  }
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Turns the system's errors about the target itself into ours. */
function checked<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const system = systemCode(error);
    const code = CODES[system] ?? 'UNFOLD_PATH_UNREADABLE';
    throw new UnfoldError(code, `${SCHEME}:${path} ${REASONS[code] ?? `cannot be read (${system})`}`, {
      cause: error,
    });
  }
}

const REASONS: Partial<Record<ErrorCode, string>> = {
  UNFOLD_PATH_MISSING: 'does not exist',
  UNFOLD_NOT_A_DIRECTORY: 'is not a directory',
};
