// How an appliance is started on this machine: with which accelerator, and from which form of the kernel.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnfoldError } from '../../../schemas/error.ts';
import type { OpenContext } from '../../sources/source.ts';
import { findAccelerator } from './accelerator.ts';
import { unpackedKernel } from './kernel.ts';
import { remember, remembered, type Accelerator, type Verdict } from './verdict.ts';

type Context = Pick<OpenContext, 'crawl' | 'scratch' | 'dataFolder' | 'signal' | 'notice'>;
type Environment = Record<string, string>;

/** One way to start an appliance, and what is known about this machine where it works. */
export interface Way {
  readonly accelerator: Accelerator;
  readonly kernel: Environment | null;
  readonly proves: Verdict;
}

const FOLDER = 'appliance';
const SLOW =
  'KVM is not usable here, so disks are read by an emulated machine: that takes several times as long.';

/** Starts an appliance the way that is known or found to work; what was found out is remembered. */
export async function firstThatStarts<T>(
  context: Context,
  start: (way: Way, env: Environment) => Promise<T>,
): Promise<T> {
  const { dataFolder, signal, notice } = context;
  const known = remembered(dataFolder);
  let failure: unknown;
  for (const way of await waysFor(known, context)) {
    if (way.accelerator === 'tcg') notice(SLOW);
    try {
      const started = await start(way, environment(way, context));
      if (known.accelerator !== way.proves.accelerator || known.kernel !== way.proves.kernel) {
        remember(dataFolder, way.proves);
      }
      return started;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnfoldError) || error.code !== 'UNFOLD_APPLIANCE_FAILED') throw error;
      failure = error;
    }
  }
  throw failure;
}

/** The ways to try, the most likely first. */
async function waysFor(known: Verdict, context: Context): Promise<Way[]> {
  const { dataFolder, scratch, signal, crawl } = context;
  const folder = join(dataFolder, FOLDER);
  const kernel = known.kernel === 'packed' ? null : await unpackedKernel(folder, scratch, signal);
  const form = kernel === null ? known.kernel : 'unpacked';
  const way = (accelerator: Accelerator): Way => ({
    accelerator,
    kernel,
    proves: { accelerator, ...(form !== undefined && { kernel: form }) },
  });
  const env = environment({ kernel, accelerator: 'kvm' }, context);
  const launchMs = crawl.disk.launchSeconds * 1000;
  const accelerator =
    known.accelerator ?? (await findAccelerator({ scratch, env, launchMs, signal })) ?? 'tcg';
  const ways = accelerator === 'kvm' ? [way('kvm'), way('tcg')] : [way('tcg')];
  // What the unpacked kernel made of KVM says nothing about the packed one.
  if (kernel !== null && known.kernel === undefined) {
    ways.push({ accelerator: 'tcg', kernel: null, proves: { kernel: 'packed' } });
  }
  return ways;
}

/** Nothing is written outside the data folder. libguestfs keeps one appliance for each form of the kernel. */
function environment(
  { kernel, accelerator }: Pick<Way, 'kernel' | 'accelerator'>,
  { dataFolder, scratch }: Context,
): Environment {
  const [used, other] = kernel === null ? ['packed', 'unpacked'] : ['unpacked', 'packed'];
  const cache = join(dataFolder, FOLDER, used);
  mkdirSync(cache, { recursive: true });
  rmSync(join(dataFolder, FOLDER, other), { recursive: true, force: true });
  return {
    LC_ALL: 'C',
    TERM: 'dumb',
    TMPDIR: scratch,
    HOME: scratch,
    LIBGUESTFS_BACKEND: 'direct',
    LIBGUESTFS_BACKEND_SETTINGS: accelerator === 'tcg' ? 'force_tcg' : '',
    LIBGUESTFS_CACHEDIR: cache,
    LIBGUESTFS_TMPDIR: scratch,
    // What it would tell stands between the answers.
    LIBGUESTFS_DEBUG: '0',
    LIBGUESTFS_TRACE: '0',
    ...kernel,
  };
}
