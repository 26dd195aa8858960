// Which Java is on this machine: $JAVA_HOME, the PATH, and where distributions put it.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const FOLDERS = ['/usr/lib/jvm', '/opt'];

/** The oldest Java on this machine of at least a version, as the path of its `java`; null without one. */
export function findJava(least: number): string | null {
  const found = homes().flatMap((home) => {
    const version = versionOf(home);
    return version !== null && version >= least ? [{ home, version }] : [];
  });
  const [oldest] = found.sort((a, b) => a.version - b.version);
  return oldest === undefined ? null : join(oldest.home, 'bin/java');
}

/** Folders that may hold a Java, the preferred first. */
function homes(): string[] {
  const given = process.env['JAVA_HOME'];
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => {
    const java = real(join(folder, 'java'));
    return java === null ? [] : [dirname(dirname(java))];
  });
  return [...(given ? [given] : []), ...onPath, ...FOLDERS.flatMap(subfolders)];
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** Every Java states its version in the file `release` of its folder. */
function versionOf(home: string): number | null {
  if (real(join(home, 'bin/java')) === null) return null;
  try {
    const [, major] = /^JAVA_VERSION="(\d+)/m.exec(readFileSync(join(home, 'release'), 'utf8')) ?? [];
    return major === undefined ? null : Number(major);
  } catch {
    return null;
  }
}
