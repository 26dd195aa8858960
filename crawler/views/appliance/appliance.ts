// One appliance: a small virtual machine, started for one disk, that mounts it so that this machine's kernel need not.
import { join } from 'node:path';
import { UnfoldError } from '../../../schemas/error.ts';
import type { OpenContext } from '../../sources/source.ts';
import type { DiskChain } from './chain.ts';
import { errorIn, Guestfish, quoted } from './guestfish.ts';
import { ownSocketFolder } from './socket-folder.ts';
import type { Accelerator } from './verdict.ts';
import { firstThatStarts, type Way } from './ways.ts';
import { ANSWERS, BLOCK, deviceOf, REQUESTS, Scratch } from './scratch.ts';

type Context = Pick<OpenContext, 'crawl' | 'scratch' | 'dataFolder' | 'signal' | 'notice' | 'privateMounts'>;

/** The name of the disk's device inside the appliance, among those that `deviceOf` knows. */
export const GUEST_LABEL = 'guest';
const OVERLAY = 'guest.qcow2';
const SETUP_MS = 60_000;
/** Some disks take no smaller reads. */
const SECTOR = 4096;
/** qemu emulates the instruction behind `erms` byte by byte, and with it Linux copies all that it reads. */
const EMULATED_CPU = 'max,la57=off,erms=off';
const EXIT = /(?:^|\n)exit=(\d+)\n$/;

/** A running appliance with one disk and the scratch disks. */
export class Appliance {
  readonly scratch: Scratch;
  readonly #guestfish: Guestfish;

  private constructor(guestfish: Guestfish, scratch: Scratch) {
    this.#guestfish = guestfish;
    this.scratch = scratch;
  }

  /**
   * Starts an appliance with a disk. Writes go to an overlay in the scratch folder: the disk's own files are opened
   * for reading alone. Rejects with UNFOLD_APPLIANCE_FAILED, UNFOLD_TOOL_MISSING or the signal's reason.
   */
  static async launch(chain: DiskChain, context: Context): Promise<Appliance> {
    const sockets = await ownSocketFolder(chain, context);
    const disks = new Scratch(context.scratch);
    try {
      const guestfish = await firstThatStarts(context, (way, env) =>
        launchWith(chain, way, { ...env, ...sockets }, context),
      );
      return new Appliance(guestfish, disks);
    } catch (error) {
      disks.close();
      throw error;
    }
  }

  /**
   * Runs a script in the appliance's own shell, as its root; it sees the scratch disks by `deviceOf`. Resolves to
   * what it printed (bytes as latin1). Rejects with UNFOLD_APPLIANCE_FAILED beyond the deadline; the appliance is gone then.
   */
  async run(script: string, timeoutMs: number): Promise<{ output: string; exitCode: number }> {
    // As a group it is read to its end before it begins; blanks fill it up to whole sectors.
    const group = `{\n${script}\n} </dev/null\n`;
    const sectors = Math.ceil(group.length / SECTOR);
    this.scratch.write(REQUESTS.script, Buffer.from(group.padEnd(sectors * SECTOR), 'latin1'));
    const skip = REQUESTS.script.offset / SECTOR;
    const fetch = `dd if=${deviceOf(REQUESTS.label)} bs=${SECTOR} skip=${skip} count=${sectors} iflag=direct 2>/dev/null`;
    const line = `${fetch} | sh 2>&1; x=$?; echo; echo exit=$x`;
    const output = await this.#guestfish.command(`debug sh ${quoted(line)}`, timeoutMs);
    const exit = EXIT.exec(output);
    if (exit === null) {
      throw new UnfoldError(
        'UNFOLD_APPLIANCE_FAILED',
        `the appliance failed: ${errorIn(output) ?? 'it gave no answer'}`,
      );
    }
    return { output: output.slice(0, exit.index), exitCode: Number(exit[1]) };
  }

  /** Ends it at once; what it was asked to do rejects. */
  async kill(): Promise<void> {
    await this.#guestfish.kill();
  }

  /** Idempotent. Its processes and scratch files are gone when it resolves. */
  async close(): Promise<void> {
    await this.#guestfish.end();
    this.scratch.close();
  }
}

/** The shell command that prints what was written to a region of REQUESTS. */
export function fetchCommand(offset: number, length: number): string {
  const blocks = Math.ceil(length / BLOCK);
  const device = deviceOf(REQUESTS.label);
  return `dd if=${device} bs=${BLOCK} skip=${offset / BLOCK} count=${blocks} iflag=direct 2>/dev/null | head -c ${length}`;
}

async function launchWith(
  chain: DiskChain,
  { accelerator }: Way,
  env: Record<string, string>,
  { scratch, signal, crawl }: Context,
): Promise<Guestfish> {
  const guestfish = new Guestfish({ cwd: scratch, env, signal });
  try {
    for (const line of setup(chain, scratch, accelerator)) await succeed(guestfish, line, SETUP_MS);
    await succeed(guestfish, 'run', crawl.disk.launchSeconds * 1000);
    return guestfish;
  } catch (error) {
    await guestfish.kill();
    throw error;
  }
}

/** The disk is given to qemu as one tree of files with their formats, so that nothing is left to be looked up. */
function setup(chain: DiskChain, folder: string, accelerator: Accelerator): string[] {
  const disk = {
    'node-name': GUEST_LABEL,
    driver: 'qcow2',
    cache: { 'no-flush': true },
    file: { driver: 'file', filename: join(folder, OVERLAY) },
    backing: blockNode(chain.layers),
  };
  const answers = {
    'node-name': ANSWERS.label,
    driver: 'raw',
    cache: { 'no-flush': true },
    file: { driver: 'file', filename: join(folder, ANSWERS.file) },
  };
  const device = (name: string): string =>
    `config -device ${quoted(`scsi-hd,drive=${name},serial=${name},werror=report,rerror=report`)}`;
  return [
    ...(accelerator === 'tcg' && process.arch === 'x64' ? [`config -cpu ${EMULATED_CPU}`] : []),
    // The overlay is thrown away: there is nothing to write out at the end.
    'set-autosync false',
    `disk-create ${OVERLAY} qcow2 ${chain.size}`,
    `add-drive ${REQUESTS.file} format:raw cachemode:unsafe label:${REQUESTS.label}`,
    `config -blockdev ${quoted(JSON.stringify(answers))}`,
    device(ANSWERS.label),
    `config -blockdev ${quoted(JSON.stringify(disk))}`,
    device(GUEST_LABEL),
  ];
}

type BlockNode = { readonly [key: string]: string | boolean | BlockNode | null };

/** A running machine may hold the lock of its disk: reading beside it is what is wanted here. */
function blockNode(layers: DiskChain['layers']): BlockNode {
  const [{ path, format }, next, ...rest] = layers;
  return {
    driver: format,
    'read-only': true,
    file: { driver: 'file', filename: path, locking: 'off' },
    ...(format === 'qcow2' && { backing: next === undefined ? null : blockNode([next, ...rest]) }),
  };
}

async function succeed(guestfish: Guestfish, line: string, timeoutMs: number): Promise<void> {
  const error = errorIn(await guestfish.command(line, timeoutMs));
  if (error === null) return;
  throw new UnfoldError('UNFOLD_APPLIANCE_FAILED', `the appliance could not be started: ${error}`);
}
