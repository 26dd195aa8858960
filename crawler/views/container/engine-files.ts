// Reads the files in which an engine keeps what it knows: bounded, and never written.
import { readFileSync, statSync } from 'node:fs';
import { UnfoldError } from '../../../schemas/error.ts';
import { errorCode } from '../../error-code.ts';

const MOST_BYTES = 256 * 1024 * 1024;

/** True for what is there. Not by access(2): that asks what the user may do without the capabilities of this process. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The bytes of a file; null where there is none. Throws UNFOLD_CONTAINERS_UNREADABLE. */
export function engineFile(path: string): Buffer | null {
  try {
    if (statSync(path).size > MOST_BYTES) throw unreadableEngine(path, 'is larger than any engine writes it');
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UnfoldError) throw error;
    const code = errorCode(error) ?? 'an error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unreadableEngine(path, `cannot be read (${code})`);
  }
}

/** The text of a file, trimmed; null where there is none. */
export function engineText(path: string): string | null {
  return engineFile(path)?.toString().trim() ?? null;
}

/** The JSON of a file; null where there is none. An engine replaces its files whole: what is cut is damaged. */
export function engineJson(path: string): unknown {
  const bytes = engineFile(path);
  if (bytes === null) return null;
  return parseJson(bytes.toString(), path);
}

/** JSON from a place that is named where it is none. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadableEngine(place, 'is no JSON');
  }
}

/** The error that names a file of an engine. */
export function unreadableEngine(path: string, why: string): UnfoldError {
  return new UnfoldError('UNFOLD_CONTAINERS_UNREADABLE', `${path} ${why}`);
}

/** Where an engine is reached on this machine: what the environment says, as for its own command, or the usual socket. */
export function engineSocket(variable: string, usual: string): string[] {
  const stated = process.env[variable];
  if (stated === undefined || stated === '') return [usual];
  return stated.startsWith('unix://') ? [stated.slice('unix://'.length)] : [];
}
