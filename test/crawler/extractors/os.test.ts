// The operating system from what its files say.
import { expect, test } from '@jest/globals';
import { os } from '../../../crawler/extractors/os.ts';
import { drive, readFile } from './driving.ts';

const osOf = (...files: Parameters<typeof drive>[1]): unknown => drive(os, files).entries.get('os');

test('prefers /etc/os-release, and falls back where it is broken', () => {
  const vendor = readFile('/usr/lib/os-release', 'ID=vendor\nID_LIKE="rhel fedora"\n');
  expect(osOf(vendor, readFile('/etc/os-release', 'ID=local\n'))).toEqual({
    platform: 'local',
    family: 'local',
  });
  const broken = drive(os, [vendor, readFile('/etc/os-release', '\0\0\0')]);
  expect(broken.entries.get('os')).toEqual({ platform: 'vendor', family: 'rhel' });
  expect(broken.problems).toMatchObject([{ code: 'UNFOLD_MALFORMED', path: '/etc/os-release' }]);
  const fifo = drive(os, [vendor, readFile('/etc/os-release', { skip: 'unreadable' })]);
  expect(fifo.entries.get('os')).toMatchObject({ platform: 'vendor' });
  expect(fifo.problems).toMatchObject([{ code: 'UNFOLD_UNREADABLE' }]);
});

test('takes the newest kernel by the numbers in it', () => {
  const kernels = [
    '/boot/vmlinuz-6.1.0-9-amd64',
    '/boot/vmlinuz-6.1.0-18-amd64',
    '/lib/modules/5.10.0-30-amd64',
  ];
  const odd = ['/boot/vmlinuz-0-rescue-abc', '/boot/vmlinuz-old'];
  const files = [...kernels, ...odd].map((path) => readFile(path, { skip: 'not-read' }));
  expect(osOf(...files)).toEqual({ kernel: '6.1.0-18-amd64' });
});

test('takes the first line that is no comment as the host name', () => {
  expect(osOf(readFile('/etc/hostname', '# set by hand\n\n db1.example.org \nrest\n'))).toEqual({
    hostname: 'db1.example.org',
  });
});

test('takes the architecture from dpkg', () => {
  const status = readFile(
    '/var/lib/dpkg/status',
    'Package: a\nArchitecture: all\n\nPackage: dpkg\nStatus: install ok installed\nArchitecture: arm64\n',
  );
  expect(osOf(status)).toEqual({ architecture: 'arm64' });
  expect(osOf(status, readFile('/var/lib/dpkg/arch', 'armhf\narm64\n'))).toEqual({ architecture: 'armhf' });
});
