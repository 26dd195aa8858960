// The software of a subject: installed packages with their package URLs, and files with their hashes.
import { PackageURL } from 'packageurl-js';
import type { FileEntry, OsEntry, PackageEntry } from '../../schemas/entries.ts';
import type { AskableIndex } from '../restricted.ts';
import type { Subject } from './subject.ts';

/** Statuses of packages of which no files are there any more. */
const REMOVED = new Set(['config-files', 'not-installed']);

/** An installed package; `key` is unique among those of its system. */
export interface ListedPackage {
  readonly key: string;
  readonly entry: PackageEntry;
  /** Null where the name makes none. */
  readonly purl: string | null;
}

/** A regular file whose hash is known. */
export interface ListedFile {
  readonly entry: FileEntry;
  readonly sha256: string;
}

/** Installed packages by key. */
export async function* packagesOf(
  engine: AskableIndex,
  { frame, os }: Subject,
  signal: AbortSignal,
): AsyncGenerator<ListedPackage> {
  const query = { span: { at: frame.at }, texts: false, feature: 'package' } as const;
  for await (const fact of engine.facts(frame.system.id, query, signal)) {
    const entry = fact.entry as PackageEntry;
    if (!REMOVED.has(entry.status)) yield { key: fact.key, entry, purl: purlOf(entry, os) };
  }
}

/** Files by path. */
export async function* filesOf(
  engine: AskableIndex,
  { frame }: Subject,
  signal: AbortSignal,
): AsyncGenerator<ListedFile> {
  const query = { span: { at: frame.at }, texts: false, feature: 'file' } as const;
  for await (const fact of engine.facts(frame.system.id, query, signal)) {
    const entry = fact.entry as FileEntry;
    const sha256 = entry.hash?.sha256;
    if (entry.type === 'file' && sha256 !== undefined) yield { entry, sha256 };
  }
}

/** `pkg:deb/debian/nginx@1.22.1-9?arch=amd64&distro=debian-12` */
export function purlOf(entry: PackageEntry, os: OsEntry | null): string | null {
  const { name, version, type, architecture } = entry;
  const known = { arch: architecture, distro: distroOf(os), upstream: upstreamOf(entry) };
  const qualifiers = Object.entries(known).flatMap(([key, value]) => (value ? [[key, value] as const] : []));
  try {
    return new PackageURL(
      type,
      os?.platform,
      name,
      version,
      Object.fromEntries(qualifiers),
      undefined,
    ).toString();
  } catch {
    return null;
  }
}

function distroOf(os: OsEntry | null): string | undefined {
  if (os?.platform === undefined) return undefined;
  return os.version === undefined ? os.platform : `${os.platform}-${os.version}`;
}

/** The source package where it differs, as vulnerability databases know that. */
function upstreamOf({ name, version, source }: PackageEntry): string | undefined {
  if (source === undefined || (source.name === name && source.version === version)) return undefined;
  return source.version === version ? source.name : `${source.name}@${source.version}`;
}
