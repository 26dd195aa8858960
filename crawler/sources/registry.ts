// The kinds of places that systems come from.
import { UnfoldError } from '../../schemas/error.ts';
import type { Source } from './source.ts';

/** Loaded when a target asks for them: a crawl worker needs one alone. */
const SOURCES: readonly { readonly scheme: string; load: () => Promise<Source> }[] = [
  { scheme: 'rootfs', load: async () => (await import('./rootfs.ts')).rootfs },
  { scheme: 'disk', load: async () => (await import('./disk.ts')).disk },
  { scheme: 'host', load: async () => (await import('./host.ts')).host },
  { scheme: 'podman', load: async () => (await import('./podman.ts')).podman },
  { scheme: 'docker', load: async () => (await import('./docker.ts')).docker },
  { scheme: 'containerd', load: async () => (await import('./containerd.ts')).containerd },
  { scheme: 'image', load: async () => (await import('./image.ts')).image },
  { scheme: 'nspawn', load: async () => (await import('./nspawn.ts')).nspawn },
  { scheme: 'lxc', load: async () => (await import('./lxc.ts')).lxc },
  { scheme: 'incus', load: async () => (await import('./incus.ts')).incus },
];

/** The source of a scheme. Throws UNFOLD_TARGET_UNKNOWN. */
export async function sourceOf(scheme: string): Promise<Source> {
  const source = SOURCES.find((known) => known.scheme === scheme);
  if (source) return source.load();
  const known = SOURCES.map((one) => `${one.scheme}:`).join(', ');
  throw new UnfoldError('UNFOLD_TARGET_UNKNOWN', `${scheme}: is no kind of target; there are ${known}`);
}

/** The source that a target `SCHEME:PLACE` names. Throws UNFOLD_TARGET_UNKNOWN. */
export async function sourceOfTarget(target: string): Promise<Source> {
  const colon = target.indexOf(':');
  if (colon > 0) return sourceOf(target.slice(0, colon));
  throw new UnfoldError('UNFOLD_TARGET_UNKNOWN', `${target} names no kind of target`);
}
