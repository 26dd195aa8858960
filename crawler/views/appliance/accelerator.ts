// Finds out, once per start of this machine, whether KVM runs guests: it can be there and hang every one of them.
import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { Guestfish } from './guestfish.ts';

/** How the appliance runs: on the processor, or emulated in software. */
export type Accelerator = 'kvm' | 'tcg';

const REMEMBERED = 'appliance.json';
/** From the start of qemu to the first line of the appliance's kernel; KVM takes about a second. */
const FIRST_LINE_MS = 12_000;
const QEMU_STARTED = /^libguestfs: finished testing qemu features/m;
const KERNEL_LINE = /^\[ +\d+\.\d+\] /m;

/** What the verdict holds for: another kernel or a restart may change it. */
function occasion(): string {
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${release()}`;
}

/** What was found out before; null: nothing. */
function remembered(dataFolder: string): Accelerator | null {
  try {
    const kept: unknown = JSON.parse(readFileSync(join(dataFolder, REMEMBERED), 'utf8'));
    if (typeof kept !== 'object' || kept === null || !('accelerator' in kept) || !('occasion' in kept))
      return null;
    if (kept.occasion !== occasion()) return null;
    return kept.accelerator === 'kvm' || kept.accelerator === 'tcg' ? kept.accelerator : null;
  } catch {
    return null;
  }
}

/** Keeps the verdict in the data folder. */
export function remember(dataFolder: string, accelerator: Accelerator): void {
  writeFileSync(join(dataFolder, REMEMBERED), `${JSON.stringify({ accelerator, occasion: occasion() })}\n`);
}

/** The accelerator to use; probes and remembers where nothing is known. Rejects with the signal's reason. */
export async function accelerator(options: {
  dataFolder: string;
  scratch: string;
  env: Record<string, string>;
  launchMs: number;
  signal: AbortSignal;
}): Promise<Accelerator> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const known = remembered(options.dataFolder);
  if (known !== null) return known;
  const found = await probe(options);
  if (found !== null) remember(options.dataFolder, found);
  return found ?? 'tcg';
}

/** Starts an appliance without a disk and looks for its first sign of life; null: it did not come to that. */
async function probe({
  scratch,
  env,
  launchMs,
  signal,
}: Parameters<typeof accelerator>[0]): Promise<Accelerator | null> {
  const disk = 'probe.raw';
  writeFileSync(join(scratch, disk), Buffer.alloc(65_536));
  const { promise, resolve } = Promise.withResolvers<Accelerator | null>();
  let heard = '';
  let timer = setTimeout(() => resolve(null), launchMs);
  let started = false;
  const guestfish = new Guestfish({
    cwd: scratch,
    env,
    signal,
    verbose: true,
    heard(text) {
      heard = (heard + text).slice(-65_536);
      if (!started && QEMU_STARTED.test(heard)) {
        started = true;
        clearTimeout(timer);
        timer = setTimeout(() => resolve('tcg'), FIRST_LINE_MS);
      }
      if (started && KERNEL_LINE.test(heard)) resolve('kvm');
    },
  });
  try {
    await guestfish.command(`add-drive ${disk} format:raw readonly:true`, launchMs);
    guestfish.command('run', launchMs).then(
      () => resolve('kvm'),
      () => resolve(started ? 'tcg' : null),
    );
    const found = await promise;
    signal.throwIfAborted();
    return found;
  } finally {
    clearTimeout(timer);
    await guestfish.kill();
    rmSync(join(scratch, disk), { force: true });
  }
}
