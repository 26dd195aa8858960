// What the appliance prints, and the guest's fstab: read as told, whatever is in it.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { deviceNamed, parseDevices } from '../../../crawler/views/appliance/devices.ts';
import { parseFstab } from '../../../crawler/views/appliance/fstab.ts';
import { errorIn, quoted } from '../../../crawler/views/appliance/guestfish.ts';
import { BrokenListing, listed } from '../../../crawler/views/appliance/listing.ts';
import { Complaints } from '../../../crawler/views/appliance/tool-errors.ts';
import { RecordedReport } from '../../conformance/system-view.ts';

const row = (fields: Record<string, string>): string => {
  const names = [
    'KNAME',
    'NAME',
    'PKNAME',
    'TYPE',
    'FSTYPE',
    'UUID',
    'LABEL',
    'PARTUUID',
    'PARTLABEL',
    'SERIAL',
  ];
  return names.map((name) => `${name}="${fields[name] ?? ''}"`).join(' ');
};
const DEVICES = parseDevices(
  [
    row({ KNAME: '/dev/sda', NAME: '/dev/sda', TYPE: 'disk', SERIAL: 'requests' }),
    row({ KNAME: '/dev/sdb', NAME: '/dev/sdb', TYPE: 'disk', FSTYPE: 'ext2', SERIAL: 'appliance' }),
    row({ KNAME: '/dev/sdc', NAME: '/dev/sdc', TYPE: 'disk', SERIAL: 'guest' }),
    row({
      KNAME: '/dev/sdc1',
      NAME: '/dev/sdc1',
      PKNAME: '/dev/sdc',
      TYPE: 'part',
      FSTYPE: 'ext4',
      UUID: 'aB-1',
      LABEL: String.raw`my\x20disk`,
      PARTUUID: 'cd-2',
    }),
    row({ KNAME: '/dev/sdc2', NAME: '/dev/sdc2', PKNAME: '/dev/sdc', TYPE: 'part', FSTYPE: 'LVM2_member' }),
    row({
      KNAME: '/dev/dm-0',
      NAME: '/dev/mapper/my--group-the--data',
      PKNAME: '/dev/sdc2',
      TYPE: 'lvm',
      FSTYPE: 'xfs',
    }),
    row({ KNAME: '/dev/sdd1; reboot', NAME: 'x', PKNAME: '/dev/sdc', TYPE: 'part', FSTYPE: 'ext4' }),
  ].join('\n'),
  'guest',
);

describe('devices', () => {
  test('are those of the crawled disk, by the names that its system knows', () => {
    expect(DEVICES.map(({ path, name }) => `${path} ${name}`)).toEqual([
      '/dev/sdc /dev/sda',
      '/dev/sdc1 /dev/sda1',
      '/dev/sdc2 /dev/sda2',
      '/dev/dm-0 /dev/my-group/the-data',
    ]);
  });

  test.each([
    ['UUID=AB-1', '/dev/sdc1'],
    ['UUID="ab-1"', '/dev/sdc1'],
    ['PARTUUID=CD-2', '/dev/sdc1'],
    ['LABEL=my disk', '/dev/sdc1'],
    [String.raw`/dev/disk/by-label/my\x20disk`, '/dev/sdc1'],
    ['/dev/disk/by-uuid/ab-1', '/dev/sdc1'],
    ['/dev/vda1', '/dev/sdc1'],
    ['/dev/nvme0n1p1', '/dev/sdc1'],
    ['/dev/xvda', '/dev/sdc'],
    ['/dev/my-group/the-data', '/dev/dm-0'],
    ['/dev/mapper/my--group-the--data', '/dev/dm-0'],
    ['/dev/vdb1', null],
    ['UUID=', null],
    ['LABEL=other', null],
    ['tmpfs', null],
  ])('are found by what fstab calls them: %s', (source, path) => {
    expect(deviceNamed(source, DEVICES)?.path ?? null).toBe(path);
  });
});

describe('fstab', () => {
  test('is read as mount(8) reads it, parents first', () => {
    const text = [
      '# comment',
      '',
      'UUID=1\t/srv/with\\040blank/ ext4 defaults,noatime 0 2',
      '/dev/sda2 none swap sw 0 0',
      'LABEL=root / ext4 errors=remount-ro 0 1',
      '/dev/vg/x /srv/../../srv/./a/ xfs',
    ].join('\n');
    expect(parseFstab(text)).toEqual([
      { source: 'LABEL=root', mountPoint: '/', type: 'ext4', options: ['errors=remount-ro'] },
      { source: 'UUID=1', mountPoint: '/srv/with blank', type: 'ext4', options: ['defaults', 'noatime'] },
      { source: '/dev/vg/x', mountPoint: '/srv/a', type: 'xfs', options: [''] },
    ]);
  });

  test('never names a mount point outside the system', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { mountPoint } of parseFstab(`x /${text}\n${text}`)) {
          expect(mountPoint).toMatch(/^\//);
          expect(mountPoint.split('/')).not.toContain('..');
        }
      }),
    );
  });
});

describe('a listing', () => {
  const read = (text: string): ReturnType<typeof listed> => {
    const bytes = Buffer.from(text, 'latin1');
    return listed((at, target) => {
      target.fill(0);
      bytes.copy(target, 0, Math.min(at, bytes.length));
    });
  };
  const RECORD = 'f 4755 0 33 10 1714979289.1230000000 -1.5000000000 42 ';

  test('yields bytes, text and metadata', () => {
    const text = `d 755 0 0 4096 0 0 2 \0\0${RECORD}a b\nc\0\0${RECORD}caf\xe9\0\0l 777 0 0 3 1.0 1.0 7 l\0/x\xff\0end\0\0`;
    const [root, plain, odd, link, ...rest] = [...read(text)];
    expect(rest).toEqual([]);
    expect(root).toMatchObject({ bytes: '/', entry: { path: '/', type: 'dir', mode: 0o755 } });
    expect(plain?.entry).toEqual({
      path: '/a b\nc',
      type: 'file',
      size: 10,
      mode: 0o4755,
      uid: 0,
      gid: 33,
      mtimeMs: 1_714_979_289_123,
      ctimeMs: -1500,
      inode: 42,
    });
    expect(odd).toMatchObject({ bytes: '/caf\xe9', entry: { path: '/caf\\xe9' } });
    expect(odd?.entry.pathBytes?.toString('latin1')).toBe('/caf\xe9');
    expect(link).toMatchObject({ target: '/x\xff', entry: { type: 'symlink', target: '/x\\xff' } });
  });

  test('goes on over the ends of what is read at a time', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `dir/${String(index).repeat(5)}`);
    const text = `${names.map((name) => `${RECORD}${name}\0\0`).join('')}end\0\0`;
    let count = 0;
    for (const { bytes } of read(text)) {
      if (bytes !== `/${names[count] ?? ''}`) throw new Error(`${bytes} at ${count}`);
      count += 1;
    }
    expect(count).toBe(names.length);
  });

  test('without an end, or of another form, is refused', () => {
    for (const text of ['', `${RECORD}x\0\0`, 'nonsense\0\0end\0\0', `${RECORD}x\0`]) {
      expect(() => [...read(text)]).toThrow(BrokenListing);
    }
  });
});

describe('complaints of find and tar', () => {
  test('become problems of the paths they name, once each', () => {
    const report = new RecordedReport();
    const complaints = new Complaints(report);
    const text = [
      "find: './etc/caf\\303\\251': Input/output error",
      'tar: ./a\\nb\\\\c: Cannot open: Structure needs cleaning',
      'tar: ./x: Read error at byte 0, while reading 100 bytes: Input/output error',
      'tar: Exiting with failure status due to previous errors',
      'something else',
    ].join('\n');
    expect([...complaints.tell(text)]).toEqual(['/etc/caf\xc3\xa9', '/a\nb\\c', '/x']);
    complaints.tell(text);
    expect(report.problems.map(({ path }) => path)).toEqual(['/etc/café', '/a\nb\\c', '/x', undefined]);
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['UNFOLD_DISK_UNREADABLE']));
  });

  test('are counted where there are too many', () => {
    const report = new RecordedReport();
    const lines = Array.from({ length: 1500 }, (_, index) => `find: './${index}': Input/output error`);
    expect(new Complaints(report).tell(lines.join('\n')).size).toBe(1500);
    expect(report.problems).toHaveLength(1001);
    expect(report.problems.at(-1)?.message).toContain('500 more');
  });
});

describe('guestfish', () => {
  test('reads back a quoted word', () => expect(quoted('a"b\\c\nd')).toBe('"a\\"b\\\\c\\nd"'));

  test('says in one printable line what went wrong', () => {
    expect(errorIn('*stdin*:3: libguestfs: error: could not\x1b[31m do it\nmore')).toBe(
      'could not [31m do it',
    );
    expect(errorIn('fine\n')).toBeNull();
  });
});
