// Reads /etc/fstab: which file systems a system mounts where.

/** One file system of an fstab. `source` is as written: `UUID=…`, `LABEL=…`, `/dev/…`. */
export interface FstabLine {
  readonly source: string;
  /** Absolute, without `.`, `..`, or a slash at its end. */
  readonly mountPoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** The lines that mount something below the root, or the root, parents first. Strings are bytes (latin1). */
export function parseFstab(text: string): FstabLine[] {
  const lines: FstabLine[] = [];
  for (const line of text.split('\n')) {
    if (line.trimStart().startsWith('#')) continue;
    const [source, mountPoint, type = 'auto', options = ''] = line
      .trim()
      .split(/[ \t]+/)
      .map(unescaped);
    if (source === undefined || mountPoint?.startsWith('/') !== true || mountPoint.includes('\0')) continue;
    lines.push({ source, mountPoint: normal(mountPoint), type, options: options.split(',') });
  }
  return lines.sort((one, other) => depth(one.mountPoint) - depth(other.mountPoint));
}

/** Spaces and the like are written as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function normal(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

function depth(path: string): number {
  return path === '/' ? 0 : path.split('/').length;
}
