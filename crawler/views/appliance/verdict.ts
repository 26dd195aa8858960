// What was found out about this machine: kept in the data folder until the machine or its kernel is another.
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const Verdict = z.object({
  /** How an appliance runs: on the processor, or emulated in software. */
  accelerator: z.enum(['kvm', 'tcg']).optional(),
  /** Whether an appliance starts from the unpacked kernel. */
  kernel: z.enum(['unpacked', 'packed']).optional(),
});
const Remembered = z.object({ occasion: z.string(), verdict: Verdict });

/** What is absent is not known yet. */
export type Verdict = z.infer<typeof Verdict>;
/** See Verdict. */
export type Accelerator = NonNullable<Verdict['accelerator']>;

const FILE = 'appliance.json';

/** True where this user may use KVM; whether it works is another question. */
export function mayUseKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a verdict holds for. */
function occasion(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${release()} ${mayUseKvm() ? 'kvm' : 'no kvm'}`;
}

/** What was found out before, on this occasion. */
export function remembered(dataFolder: string): Verdict {
  try {
    const kept = Remembered.parse(JSON.parse(readFileSync(join(dataFolder, FILE), 'utf8')));
    return kept.occasion === occasion() ? kept.verdict : {};
  } catch {
    // Nothing is remembered, or it is not ours.
    return {};
  }
}

/** Replaces what was found out before. */
export function remember(dataFolder: string, verdict: Verdict): void {
  writeFileSync(join(dataFolder, FILE), `${JSON.stringify({ occasion: occasion(), verdict })}\n`);
}
