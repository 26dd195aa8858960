// A small system made by the real dpkg: packages with conffiles, a diversion, two architectures, one removed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hasTool } from '../../crawler/process.ts';

export const hasDpkg = hasTool('dpkg') && hasTool('dpkg-deb');

interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly control?: string;
  readonly conffiles?: readonly string[];
  readonly files: Record<string, string | Buffer>;
}

export const SECRET = 'xK9-verySecretValue-77';

const PACKAGES: readonly Package[] = [
  {
    name: 'alpha',
    version: '1:2.3-4',
    control: 'Source: alpha-src (2.3-4)\nSection: net\nInstalled-Size: 12',
    conffiles: ['/etc/alpha.conf', '/etc/alpha.d/kept.conf'],
    files: {
      '/usr/bin/alpha': '#!/bin/sh\nexec true 10.20.30.40\n',
      '/bin/alpha-merged': '#!/bin/sh\n',
      '/etc/alpha.conf': 'server = 10.20.30.40\n',
      '/etc/alpha.d/kept.conf': 'kept = yes\n',
      '/usr/share/doc/alpha/changelog.gz': gzipSync('alpha (2.3-4)\n  * see 192.0.2.7\n'),
      '/usr/share/alpha/data.bin': Buffer.from([0, 1, 2, 3, 255, 0, 7]),
      '/usr/bin/diverted': 'of alpha\n',
    },
  },
  {
    name: 'libbeta',
    version: '1.0',
    architecture: 'amd64',
    control: 'Multi-Arch: same',
    files: { '/usr/lib/x86_64/libbeta.so': 'beta 64\n', '/usr/share/doc/libbeta/copyright': 'GPL\n' },
  },
  {
    name: 'libbeta',
    version: '1.0',
    architecture: 'i386',
    control: 'Multi-Arch: same',
    files: { '/usr/lib/i386/libbeta.so': 'beta 32\n', '/usr/share/doc/libbeta/copyright': 'GPL\n' },
  },
  { name: 'gone', version: '0.9', conffiles: ['/etc/gone.conf'], files: { '/etc/gone.conf': 'left = 1\n' } },
];

function build(
  folder: string,
  { name, version, architecture = 'all', control, conffiles, files }: Package,
): string {
  const root = mkdtempSync(join(folder, 'deb-'));
  let sums = '';
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    if (conffiles?.includes(path)) continue;
    sums += `${createHash('md5').update(content).digest('hex')}  ${path.slice(1)}\n`;
  }
  mkdirSync(join(root, 'DEBIAN'));
  const fields = [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: Ada Example <ada@example.org>',
    ...(control === undefined ? [] : [control]),
    `Description: the ${name} package\n Its long text: has colons.\n .\n And paragraphs.`,
  ];
  writeFileSync(join(root, 'DEBIAN/control'), `${fields.join('\n')}\n`);
  writeFileSync(join(root, 'DEBIAN/md5sums'), sums);
  if (conffiles) writeFileSync(join(root, 'DEBIAN/conffiles'), `${conffiles.join('\n')}\n`);
  const deb = `${root}.deb`;
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, deb], { stdio: 'ignore' });
  return deb;
}

/** Makes the system in an empty folder; /bin, as on today's systems, is a link into /usr. */
export function makeSmallSystem(root: string): void {
  const at = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('usr/bin', join(root, 'bin'));
  for (const folder of ['updates', 'info', 'triggers']) {
    mkdirSync(join(root, 'var/lib/dpkg', folder), { recursive: true });
  }
  at('/var/lib/dpkg/status', '');
  at('/var/lib/dpkg/arch', 'amd64\ni386\n');
  const dpkg = (...args: string[]): void => {
    const flags = [
      `--root=${root}`,
      '--force-not-root',
      '--force-architecture',
      '--force-bad-path',
      '--log=/dev/null',
    ];
    execFileSync('dpkg', [...flags, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const folder = mkdtempSync(join(tmpdir(), 'unfold-debs-'));
  try {
    const divert = [
      '--local',
      '--divert',
      '/usr/bin/diverted.orig',
      '--rename',
      '--add',
      '/usr/bin/diverted',
    ];
    execFileSync('dpkg-divert', ['--root', root, ...divert], { stdio: 'ignore' });
    dpkg('--install', ...PACKAGES.map((one) => build(folder, one)));
    dpkg('--remove', 'gone');
  } finally {
    rmSync(folder, { recursive: true });
  }
  at(
    '/usr/lib/os-release',
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n' +
      'VERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\n',
  );
  symlinkSync('/usr/lib/os-release', join(root, 'etc/os-release'));
  at('/etc/hostname', 'small1\n');
  at('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\napp:x:4242:4243::/srv:/bin/false\n');
  at('/etc/group', 'root:x:0:\nappgroup:x:4243:app\n');
  at(
    '/etc/shadow',
    'root:$6$saltsalt$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:19000::::::\n',
  );
  at('/etc/alpha.conf', 'server = 10.20.30.41\n');
  at('/boot/vmlinuz-6.1.0-9-amd64', 'kernel');
  at('/boot/vmlinuz-6.1.0-18-amd64', 'kernel');
  mkdirSync(join(root, 'lib/modules/6.1.0-10-amd64'), { recursive: true });
  at('/srv/app/settings.ini', `host = db.example.org\npassword = ${SECRET}\n`);
  at('/srv/app/windows.txt', Buffer.from('\ufeffroute 172.16.5.4\r\n', 'utf16le'));
  at('/srv/app/latin.txt', Buffer.from('Gr\xf6\xdfe und M\xfchle, Stra\xdfe 7, Tor zur Welt\n', 'latin1'));
  at('/srv/app/empty', '');
  at('/srv/app/large.log', 'x'.repeat(300_000));
}

/** Makes the system of a container image without dpkg: its packages stand in status.d, one file each. */
export function makeImageSystem(root: string): void {
  const files: Record<string, string> = {
    '/etc/os-release': 'ID=distroless\nPRETTY_NAME="Distroless"\n',
    '/etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\n',
    '/usr/lib/x/liby.so': 'library\n',
    '/var/lib/dpkg/status.d/liby': 'Package: liby\nVersion: 1.2-3\nArchitecture: amd64\n',
    '/var/lib/dpkg/status.d/liby.md5sums': `${createHash('md5').update('library\n').digest('hex')}  usr/lib/x/liby.so\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
