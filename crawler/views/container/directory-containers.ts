// Containers that are a directory each, without layers: what nspawn, LXC, Incus and LXD keep.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UnfoldError } from '../../../schemas/error.ts';
import { errorCode } from '../../error-code.ts';
import type { ContainerRecord } from './container-record.ts';

/** The folders in a folder, by name; null where that is none. Throws UNFOLD_CONTAINERS_UNREADABLE. */
export function foldersIn(root: string): string[] | null {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((each) => each.isDirectory() && !each.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    const code = errorCode(error) ?? 'an error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UnfoldError('UNFOLD_CONTAINERS_UNREADABLE', `${root} cannot be read (${code})`);
  }
}

/** True for a folder, not for a link to one. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A container in a directory, with what is known of it besides. */
export function directoryContainer(
  id: string,
  directory: string,
  about: Partial<ContainerRecord> = {},
): ContainerRecord {
  return { id, name: id, labels: {}, image: {}, ip: [], mounts: [], ...about, layers: [directory] };
}

/** `lxc.KEY = VALUE` lines of an LXC configuration, in order. */
export function lxcSettings(text: string): readonly (readonly [key: string, value: string])[] {
  return [...text.matchAll(/^[^\S\n]*(lxc\.[\w.]+)[^\S\n]*=[^\S\n]*(.*?)[^\S\n]*$/gm)].map(
    ([, key = '', value = '']) => [key, value],
  );
}

/** The container that an LXC configuration describes; null where its root is no directory. */
export function lxcContainer(root: string, name: string, configuration: string): ContainerRecord | null {
  const settings = lxcSettings(configuration);
  const last = (key: RegExp): string | undefined => settings.findLast(([each]) => key.test(each))?.[1];
  const stated = last(/^lxc\.rootfs(?:\.path)?$/)?.replace(/^dir:/, '') ?? join(root, name, 'rootfs');
  if (!stated.startsWith('/') || !isFolder(stated)) return null;
  const addresses = settings.filter(([key]) =>
    /^lxc\.net(?:work)?\.(?:\d+\.)?ipv[46](?:\.address)?$/.test(key),
  );
  const entries = settings.filter(([key]) => key === 'lxc.mount.entry');
  const hostname = last(/^lxc\.(?:uts\.name|utsname)$/);
  return directoryContainer(name, stated, {
    labels: hostname === undefined ? {} : { hostname },
    ip: addresses.map(([, value]) => value.split(/\s/)[0] ?? ''),
    mounts: entries.flatMap(([, value]) => {
      const [source = '', target = ''] = value.split(/\s+/);
      return source.startsWith('/') && target !== ''
        ? [{ path: `/${target.replace(/^\/+/, '')}`, source }]
        : [];
    }),
  });
}
