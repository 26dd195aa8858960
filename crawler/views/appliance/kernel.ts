// Unpacks the kernel for the appliance once: an emulated machine takes a quarter of its start to unpack it by itself.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { packedKernel, startsDirectly, type PackedKernel } from '../../formats/bzimage.ts';
import { hasTool, run } from '../../process.ts';

const PREFIX = 'vmlinux-';
const LARGEST = 512 * 1024 * 1024;
const UNPACK_MS = 120_000;
const byVersion = new Intl.Collator('en', { numeric: true });

/** A kernel of this machine: its release, its boot image, and its modules. */
interface Kernel {
  readonly release: string;
  readonly image: string;
  readonly modules: string;
}

/**
 * The environment that has libguestfs use this machine's newest kernel, unpacked, which is kept in `folder` (on the file
 * system of `scratch`); null where that cannot be had. Rejects with the signal's reason.
 */
export async function unpackedKernel(
  folder: string,
  scratch: string,
  signal: AbortSignal,
): Promise<Record<string, string> | null> {
  if (process.arch !== 'x64' || process.env['SUPERMIN_KERNEL'] !== undefined) return null;
  try {
    const kernel = newestKernel();
    if (kernel === null) return null;
    const { mtimeMs, size } = statSync(kernel.image);
    const name = `${PREFIX}${kernel.release}-${Math.floor(mtimeMs)}-${size}`;
    mkdirSync(folder, { recursive: true });
    const known = readdirSync(folder).filter((one) => one.startsWith(PREFIX));
    if (!known.includes(name)) {
      const unpacked = await unpack(readFileSync(kernel.image), signal);
      if (unpacked === null || !startsDirectly(unpacked)) return null;
      for (const old of known) rmSync(join(folder, old), { force: true });
      writeFileSync(join(scratch, name), unpacked);
      renameSync(join(scratch, name), join(folder, name));
    }
    return {
      SUPERMIN_KERNEL: join(folder, name),
      SUPERMIN_KERNEL_VERSION: kernel.release,
      SUPERMIN_MODULES: kernel.modules,
    };
  } catch {
    // It only saves time: what is wrong with the kernel is libguestfs's to tell.
    signal.throwIfAborted();
    return null;
  }
}

/** The one that libguestfs would take. */
function newestKernel(): Kernel | null {
  const kernels = readdirSync('/lib/modules').flatMap((release): Kernel[] => {
    const modules = join('/lib/modules', release);
    const images = [`/boot/vmlinuz-${release}`, join(modules, 'vmlinuz')];
    const image = images.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
    const whole = statSync(join(modules, 'modules.dep'), { throwIfNoEntry: false }) !== undefined;
    return image === undefined || !whole ? [] : [{ release, image, modules }];
  });
  return kernels.sort((one, other) => byVersion.compare(one.release, other.release)).at(-1) ?? null;
}

async function unpack(image: Buffer, signal: AbortSignal): Promise<Buffer | null> {
  const packed: PackedKernel | null = packedKernel(image);
  switch (packed?.packing) {
    case 'gzip':
      return gunzipSync(packed.bytes, { maxOutputLength: LARGEST });
    case 'zstd':
      return zstdDecompressSync(packed.bytes, { maxOutputLength: LARGEST });
    case 'xz': {
      if (!hasTool('xz')) return null;
      const options = { input: packed.bytes, maxBytes: LARGEST, timeoutMs: UNPACK_MS, signal };
      const { stdout, exitCode } = await run('xz', ['--decompress', '--stdout'], options);
      return exitCode === 0 ? stdout : null;
    }
    case undefined:
      return null;
  }
}
