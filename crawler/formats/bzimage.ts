// Finds the packed kernel inside a Linux boot image, and tells whether an unpacked one can be started directly.

/** How the kernel in a boot image is packed, and the packed bytes. */
export interface PackedKernel {
  readonly packing: 'gzip' | 'xz' | 'zstd';
  readonly bytes: Buffer;
}

const MAGIC = Buffer.from('HdrS');
/** The first version of the boot protocol that says where the kernel lies. */
const VERSION = 0x208;
const PACKINGS: readonly (readonly [PackedKernel['packing'], Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
];
const ELF64 = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
/** An ELF note of the type PHYS32_ENTRY with the name `Xen`, its value in 4 or 8 bytes. */
const DIRECT_ENTRY = [4, 8].map((size) =>
  Buffer.from([4, 0, 0, 0, size, 0, 0, 0, 18, 0, 0, 0, 0x58, 0x65, 0x6e, 0]),
);

/** The packed kernel of an x86 boot image (bzImage); null for anything else, and for other packings. */
export function packedKernel(image: Buffer): PackedKernel | null {
  if (image.length < 0x250 || !image.subarray(0x202, 0x206).equals(MAGIC)) return null;
  if (image.readUInt16LE(0x206) < VERSION) return null;
  const sectors = (image[0x1f1] ?? 0) === 0 ? 4 : (image[0x1f1] ?? 0);
  const start = (sectors + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c));
  const packing = PACKINGS.find(([, magic]) => payload.subarray(0, magic.length).equals(magic))?.[0];
  if (packing === undefined) return null;
  // All but gzip are followed by the unpacked size in four bytes.
  return { packing, bytes: packing === 'gzip' ? payload : payload.subarray(0, -4) };
}

/** True for a 64-bit ELF kernel that says where a virtual machine may enter it. */
export function startsDirectly(kernel: Buffer): boolean {
  return kernel.subarray(0, 6).equals(ELF64) && DIRECT_ENTRY.some((note) => kernel.includes(note));
}
