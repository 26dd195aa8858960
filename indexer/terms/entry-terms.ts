// What of an entry itself is searched: its fields by catalogue name, and its text.
import type { ConnectionEntry, Entry, EntryOf, Feature, PackageEntry } from '../../schemas/entries.ts';
import { FIELDS } from '../../schemas/fields.ts';

/** A catalogue field of an entry with its value as text. */
export interface FieldValue {
  readonly field: string;
  readonly value: string;
}

function at(entry: Entry, pointer: string): unknown {
  let value: unknown = entry;
  for (const step of pointer.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/**
 * The catalogue fields an entry has, in catalogue order; the text of a file is not among them. `package:x` asks for
 * what is installed: a package of which only settings are left has no fields, its name is found as a word.
 */
export function fieldValues(feature: Feature, entry: Entry): FieldValue[] {
  const found: FieldValue[] = [];
  if ('status' in entry && entry.status !== 'installed') return found;
  for (const field of FIELDS) {
    if (field.feature !== feature || field.type === 'text') continue;
    // A list is as many values.
    for (const value of [at(entry, field.pointer)].flat())
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        found.push({ field: field.name, value: String(value) });
  }
  return found;
}

/** An end of a socket: `10.1.2.3:80`, `[fe80::1]:80`. */
export function endpoint(value: ConnectionEntry['local']): string | undefined {
  if (value === undefined) return undefined;
  return `${value.ip.includes(':') ? `[${value.ip}]` : value.ip}:${value.port}`;
}

/** Where it says more than the package itself. */
function sourceOf({ name, version, source }: PackageEntry): string | undefined {
  if (source === undefined || (source.name === name && source.version === version)) return undefined;
  return `${source.name} (= ${source.version})`;
}

/** A part per line; a package's version is written so that it is never taken for an address. */
const TEXTS: { readonly [F in Feature]: (entry: EntryOf<F>) => readonly (string | undefined)[] } = {
  os: (os) => [
    os.name,
    os.full,
    os.version,
    os.platform,
    os.family,
    os.codename,
    os.kernel,
    os.hostname,
    os.architecture,
  ],
  file: (file) => [file.path, file.target_path],
  package: (entry) => [`${entry.name} (= ${entry.version})`, sourceOf(entry), entry.description],
  process: (process) => [process.name, process.command_line, process.executable, process.user?.name],
  connection: ({ local, remote, path, process }) => [
    [endpoint(local), endpoint(remote)].filter((end) => end !== undefined).join(' → '),
    path,
    process === undefined ? undefined : `${process.name} ${process.pid}`,
  ],
  interface: (entry) => [entry.name, entry.mac, ...entry.ip],
};

/**
 * The searchable text of an entry itself, one part a line, without the content of a file.
 * Words, phrases and addresses of an entry are those of this text.
 */
export function entryText(feature: Feature, _key: string, entry: Entry): string {
  const parts = TEXTS[feature] as (entry: Entry) => readonly (string | undefined)[];
  return parts(entry)
    .filter((part) => part !== undefined && part !== '')
    .join('\n');
}
