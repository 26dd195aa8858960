// Finds out whether KVM runs guests here: it can be there and hang every one of them.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Guestfish } from './guestfish.ts';
import { mayUseKvm, type Accelerator } from './verdict.ts';

/** From the start of qemu to the first line of the appliance's kernel; KVM takes about a second. */
const FIRST_LINE_MS = 12_000;
const QEMU_STARTED = /^libguestfs: finished testing qemu features/m;
const KERNEL_LINE = /^\[ +\d+\.\d+\] /m;

/** Starts an appliance without a disk and looks for its first sign of life; null: it did not come to that. */
export async function findAccelerator({
  scratch,
  env,
  launchMs,
  signal,
}: {
  scratch: string;
  env: Record<string, string>;
  launchMs: number;
  signal: AbortSignal;
}): Promise<Accelerator | null> {
  if (!mayUseKvm()) return 'tcg';
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
