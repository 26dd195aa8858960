// Where libguestfs puts the sockets of an appliance: it leaves them behind where it is killed.
import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { OpenContext } from '../../sources/source.ts';
import { run } from '../../process.ts';
import type { DiskChain } from './chain.ts';

/** As libguestfs has it for root, whatever the environment says. */
const SHARED = '/tmp';
const MOUNT_MS = 10_000;
/** A socket's path has little room: what libguestfs appends to the folder is 31 bytes of 107. */
const LONGEST = 76;

/**
 * Has the sockets of an appliance vanish with this process where that can be had: in a private mount namespace, where
 * nothing that is needed lies in /tmp, /tmp becomes an empty one. For other users the scratch folder serves. Resolves to
 * what the environment of guestfish needs.
 */
export async function ownSocketFolder(
  chain: DiskChain,
  {
    scratch,
    dataFolder,
    privateMounts,
    signal,
  }: Pick<OpenContext, 'scratch' | 'dataFolder' | 'privateMounts' | 'signal'>,
): Promise<Record<string, string>> {
  if (process.geteuid?.() !== 0) return scratch.length > LONGEST ? {} : { XDG_RUNTIME_DIR: scratch };
  const needed = [realpathSync(scratch), realpathSync(dataFolder), ...chain.layers.map(({ path }) => path)];
  if (privateMounts && !needed.some((path) => path.startsWith(join(SHARED, sep)))) {
    const words = ['-t', 'tmpfs', '-o', 'size=16m,mode=1777,nosuid,nodev,noexec', 'tmpfs', SHARED];
    // Where it is refused the sockets lie where they always do.
    await run('mount', words, { timeoutMs: MOUNT_MS, signal });
  }
  return {};
}
