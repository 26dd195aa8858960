// The block devices that the appliance sees, and what a name of the guest's means among them.

/** A device of the crawled disk. Texts are bytes (latin1). */
export interface Device {
  /** In the appliance. */
  readonly path: string;
  /** As the guest would call it were this its only disk: `/dev/sda1`, `/dev/vg/root`. */
  readonly name: string;
  /** disk, part, lvm, crypt, raid1 … */
  readonly kind: string;
  /** What is on it, e.g. ext4; empty: nothing known. */
  readonly type: string;
  readonly uuid: string;
  readonly label: string;
  readonly partUuid: string;
  readonly partLabel: string;
}

/** Prints what `parseDevices` reads. */
export const DEVICES_SCRIPT =
  'lsblk -P -p -o KNAME,NAME,PKNAME,TYPE,FSTYPE,UUID,LABEL,PARTUUID,PARTLABEL,SERIAL,MOUNTPOINT';

const PAIR = /([A-Z]+)="((?:[^"\\]|\\.)*)"/g;
const SAFE = /^\/dev\/[\w/.+-]+$/;
const MAPPED = '/dev/mapper/';

/** The devices of the disk with this serial, those it is made into (volumes, arrays) included. */
export function parseDevices(text: string, serial: string): Device[] {
  const rows = text.split('\n').map(fieldsOf);
  const guest = rows.find((row) => row.get('SERIAL') === serial)?.get('KNAME');
  if (guest === undefined) return [];
  const known = new Set([guest]);
  const devices = new Map<string, Device>();
  // Parents come before children, but a volume may stand below several.
  for (const row of rows) {
    const path = row.get('KNAME') ?? '';
    if (!SAFE.test(path) || !(known.has(path) || known.has(row.get('PKNAME') ?? ''))) continue;
    known.add(path);
    devices.set(path, deviceOf(row, path, guest));
  }
  return [...devices.values()];
}

function deviceOf(row: ReadonlyMap<string, string>, path: string, guest: string): Device {
  const field = (name: string): string => row.get(name) ?? '';
  const name = field('NAME');
  return {
    path,
    name: name.startsWith(MAPPED) ? volumeName(name) : path.replace(guest, '/dev/sda'),
    kind: field('TYPE'),
    type: field('FSTYPE'),
    uuid: field('UUID'),
    label: field('LABEL'),
    partUuid: field('PARTUUID'),
    partLabel: field('PARTLABEL'),
  };
}

function fieldsOf(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key, value] of line.matchAll(PAIR)) fields.set(key ?? '', decoded(value ?? ''));
  return fields;
}

/** Odd characters are written `\xHH`. */
function decoded(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** `/dev/mapper/my--group-root` is `/dev/my-group/root`. */
function volumeName(mapped: string): string {
  const [group, volume] = mapped.slice(MAPPED.length).split(/(?<!-)-(?!-)/);
  if (group === undefined || volume === undefined) return mapped;
  return `/dev/${group.replaceAll('--', '-')}/${volume.replaceAll('--', '-')}`;
}

const TAG = /^(UUID|LABEL|PARTUUID|PARTLABEL)=["']?(.*?)["']?$/;
const BY_TAG = /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.*)$/;
/** The first disk by any driver's name, with its partition. */
const FIRST_DISK = /^\/dev\/(?:(?:sd|vd|xvd|hd)a|(?:nvme0n1|mmcblk0)p?)(\d*)$/;

/** The device that an fstab names; null: it is not of this disk. */
export function deviceNamed(source: string, devices: readonly Device[]): Device | null {
  const byTag = BY_TAG.exec(source);
  const [, tag, value] = byTag ?? TAG.exec(source) ?? [];
  if (tag !== undefined && value !== undefined) {
    if (value === '') return null;
    const key = tag.toUpperCase();
    const wanted = comparable(key, byTag ? decoded(value) : value);
    return devices.find((device) => comparable(key, tagOf(device, key)) === wanted) ?? null;
  }
  const first = FIRST_DISK.exec(source);
  const name = first ? `/dev/sda${first[1] ?? ''}` : source.startsWith(MAPPED) ? volumeName(source) : source;
  return devices.find((device) => device.name === name) ?? null;
}

/** Identifiers are written in either case. */
function comparable(tag: string, value: string): string {
  return tag.endsWith('UUID') ? value.toLowerCase() : value;
}

function tagOf(device: Device, tag: string): string {
  switch (tag) {
    case 'UUID':
      return device.uuid;
    case 'LABEL':
      return device.label;
    case 'PARTUUID':
      return device.partUuid;
    default:
      return device.partLabel;
  }
}
