// Finds the operating system on a disk and mounts it the way it mounts itself, read-only, at the appliance's /sysroot.
import { UnfoldError } from '../../../schemas/error.ts';
import { nameText } from '../tree/names.ts';
import type { Report } from '../view.ts';
import type { Appliance } from './appliance.ts';
import { GUEST_LABEL } from './appliance.ts';
import { deviceNamed, DEVICES_SCRIPT, parseDevices, type Device } from './devices.ts';
import { parseFstab, type FstabLine } from './fstab.ts';

/** A journal may have to be replayed first. */
const MOUNT_MS = 300_000;
const LARGEST_FSTAB = 262_144;
const MOUNTABLE = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'vfat',
  'iso9660',
  'squashfs',
  'f2fs',
  'jfs',
]);
/** Types that hold no files of their own. */
const NO_FILES = new Set(['', 'swap', 'LVM2_member', 'linux_raid_member']);
/** What fstab mounts that is not on any disk. */
const NOT_OF_A_DISK = new Set(['proc', 'sysfs', 'tmpfs', 'devpts', 'devtmpfs', 'swap', 'none', 'debugfs']);

/** A file system of the disk, once it was tried. */
interface Mounted {
  readonly device: Device;
  /** Where in the appliance it is mounted. */
  readonly at: string;
  /** How much it looks like the root of a system; 0: not at all. */
  readonly rootLike: number;
  readonly fstab: readonly FstabLine[];
}

interface Tried {
  readonly mounted: readonly Mounted[];
  readonly refused: readonly Device[];
}

/**
 * Mounts the system of the disk at /sysroot; what else is on the disk is reported as left out. Rejects with
 * UNFOLD_DISK_NO_SYSTEM where there is none, UNFOLD_DISK_UNREADABLE where a file system is broken.
 */
export async function mountSystem(appliance: Appliance, report: Report): Promise<void> {
  const { output } = await appliance.run(`${QUICKER}\n${DEVICES_SCRIPT}`, MOUNT_MS);
  const devices = parseDevices(output, GUEST_LABEL);
  const tried = await tryAll(
    appliance,
    devices.filter(({ type }) => MOUNTABLE.has(type)),
  );
  const root = rootOf(tried.mounted, devices);
  if (root === null) throw noSystem(devices, tried);
  const placed = await place(appliance, root, tried, devices, report);
  for (const device of devices) {
    if (placed.has(device) || NO_FILES.has(device.type)) continue;
    report.leftOut({ path: device.name, reason: 'not-mounted', detail: describe(device) });
  }
}

/** Many small files are read once: no scheduler, no bookkeeping, and a file in one go. A fifth less where it is emulated. */
const QUICKER = `for queue in /sys/block/*/queue; do
  echo none >$queue/scheduler; echo 0 >$queue/add_random; echo 0 >$queue/iostats; echo 1024 >$queue/read_ahead_kb
done 2>/dev/null`;

/** Mounts each file system on its own and looks for the marks of a system. No link of the guest is followed. */
async function tryAll(appliance: Appliance, candidates: readonly Device[]): Promise<Tried> {
  const script = candidates.map(({ path, type }, index) => {
    const at = `/run/unfold/${index}`;
    const options = `ro,nodev,nosuid,noexec${type === 'xfs' ? ',nouuid' : ''}`;
    return `mkdir -p ${at}; if mount -t ${type} -o ${options} ${path} ${at} >/dev/null 2>&1 && cd ${at}; then look ${index}; cd /; else echo "${index} refused"; fi`;
  });
  const { output } = await appliance.run(`${LOOK}\n${script.join('\n')}\n`, MOUNT_MS);
  const told = new Map(output.split('\n').map((line) => [line.split(' ')[0], line.split(' ').slice(1)]));
  const mounted: Mounted[] = [];
  const refused: Device[] = [];
  for (const [index, device] of candidates.entries()) {
    const [verdict, marks = '', fstab = ''] = told.get(String(index)) ?? ['refused'];
    if (verdict !== 'mounted') refused.push(device);
    else mounted.push({ device, at: `/run/unfold/${index}`, rootLike: weigh(marks), fstab: decode(fstab) });
  }
  return { mounted, refused };
}

/** Prints `INDEX mounted MARKS FSTAB`: a letter per mark, and the fstab in base64. */
const LOOK = `
look() {
  marks=-
  if [ -d etc ] && [ ! -L etc ]; then
    for f in etc/os-release usr/lib/os-release; do
      if [ -e $f ] || [ -L $f ]; then marks="$marks"r; fi
    done
    for f in etc/fstab etc/passwd; do [ -f $f ] && [ ! -L $f ] && marks="$marks"f; done
    for f in etc/debian_version etc/redhat-release etc/alpine-release; do [ -e $f ] && marks="$marks"d; done
  fi
  fstab=
  if [ -d etc ] && [ ! -L etc ] && [ -f etc/fstab ] && [ ! -L etc/fstab ]; then
    fstab=$(head -c ${LARGEST_FSTAB} etc/fstab | base64 | tr -d '\\n')
  fi
  echo "$1 mounted $marks $fstab"
}`;

function weigh(marks: string): number {
  const weight: Readonly<Record<string, number>> = { r: 4, d: 2, f: 1 };
  return Array.from(marks).reduce((sum, mark) => sum + (weight[mark] ?? 0), 0);
}

function decode(fstab: string): FstabLine[] {
  return parseFstab(Buffer.from(fstab, 'base64').toString('latin1'));
}

/** Of several, the one that calls itself the root, then the one that looks most like one. */
function rootOf(mounted: readonly Mounted[], devices: readonly Device[]): Mounted | null {
  const rank = ({ device, rootLike, fstab }: Mounted): number => {
    const own = fstab.find(({ mountPoint }) => mountPoint === '/');
    return rootLike + (own && deviceNamed(own.source, devices) === device ? 100 : 0);
  };
  const roots = mounted.filter(({ rootLike }) => rootLike > 0);
  return roots.sort((one, other) => rank(other) - rank(one))[0] ?? null;
}

/** Puts the root and what its fstab mounts below it in place; resolves to the devices that are. */
async function place(
  appliance: Appliance,
  root: Mounted,
  { mounted, refused }: Tried,
  devices: readonly Device[],
  report: Report,
): Promise<Set<Device>> {
  const placed = new Set([root.device]);
  const leftOut = (line: FstabLine, detail: string): void =>
    report.leftOut({ path: nameText(line.mountPoint), reason: 'not-mounted', detail });
  const script = [`mount --bind ${root.at} /sysroot || exit 1`];
  const below: { line: FstabLine; device: Device }[] = [];
  for (const line of root.fstab) {
    if (line.mountPoint === '/' || isNotOfADisk(line)) continue;
    const device = deviceNamed(line.source, devices);
    const own = mounted.find((one) => one.device === device);
    if (own !== undefined && device !== null) {
      below.push({ line, device });
      script.push(`below ${below.length - 1} ${own.at} ${shellWord(`/sysroot${line.mountPoint}`)}`);
    } else if (device !== null && refused.includes(device)) {
      placed.add(device);
      leftOut(line, describe(device));
      report.problem({
        code: 'UNFOLD_DISK_UNREADABLE',
        extractor: 'appliance',
        path: nameText(line.mountPoint),
        message: unmountable(device),
      });
    } else leftOut(line, `${sourceOf(line)} is not on this disk`);
  }
  const { output, exitCode } = await appliance.run(`${BELOW}\n${script.join('\n')}\ntrue\n`, MOUNT_MS);
  if (exitCode !== 0)
    throw new UnfoldError('UNFOLD_APPLIANCE_FAILED', 'the appliance could not mount the disk');
  const done = new Set(output.split('\n'));
  for (const [index, { line, device }] of below.entries()) {
    placed.add(device);
    if (!done.has(`placed ${index}`)) leftOut(line, `${device.name}: its mount point is no directory`);
  }
  return placed;
}

/** A mount point must be a directory by itself: a link could lead out of the system. */
const BELOW = `
below() {
  [ -d "$3" ] && [ "$(readlink -f "$3")" = "$3" ] && mount --bind "$2" "$3" >/dev/null 2>&1 && echo "placed $1"
}`;

/** The source of a network file system may hold a password. */
function sourceOf({ source, type }: FstabLine): string {
  return /^(?:[A-Z]+=|\/dev\/)/.test(source) ? nameText(source) : `a file system of type ${nameText(type)}`;
}

function isNotOfADisk({ type, source, options }: FstabLine): boolean {
  return (
    NOT_OF_A_DISK.has(type) || NOT_OF_A_DISK.has(source) || options.includes('bind') || type === 'overlay'
  );
}

function noSystem(devices: readonly Device[], { refused }: Tried): UnfoldError {
  const [broken] = refused;
  if (broken !== undefined) {
    return new UnfoldError('UNFOLD_DISK_UNREADABLE', unmountable(broken));
  }
  const found = devices.filter(({ type }) => !NO_FILES.has(type)).map(describe);
  const what = found.length === 0 ? 'no file system that is known' : `only ${found.join(', ')}`;
  return new UnfoldError('UNFOLD_DISK_NO_SYSTEM', `the disk holds no operating system: ${what}`);
}

function unmountable(device: Device): string {
  return `${device.name} (${describe(device)}) cannot be mounted: it is damaged, or has features that the kernel here lacks`;
}

function describe({ type, label }: Device): string {
  const kind = type === 'crypto_LUKS' ? 'encrypted (LUKS)' : type;
  return nameText(label === '' ? kind : `${kind} ${label}`);
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
