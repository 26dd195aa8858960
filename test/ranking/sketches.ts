// Short sketches of systems: what is installed, what runs, what listens, and what files say.
import type { ConnectionEntry, FileEntry, InterfaceEntry, ProcessEntry } from '../../schemas/entries.ts';
import type { EntryLine } from '../../schemas/frame.ts';
import { file, frameLines, installed, os } from '../conformance/search-engine/frames.ts';
import type { FrameLine } from '../../indexer/engines/search-engine.ts';

/** A system of the graded fleet. */
export interface Sketch {
  readonly name: string;
  /** `NAME` or `NAME: DESCRIPTION`. */
  readonly packages?: readonly string[];
  /** Command lines. */
  readonly runs?: readonly string[];
  /** `PROCESS ADDRESS:PORT`. */
  readonly listens?: readonly string[];
  /** `PROCESS LOCAL:PORT REMOTE:PORT`. */
  readonly connects?: readonly string[];
  /** `ADDRESS/PREFIX` of eth0. */
  readonly owns?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** What Debian puts on every system: it mentions what only a few systems have. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  '/etc/services':
    'ssh 22/tcp\nsmtp 25/tcp mail\ndomain 53/tcp\nhttp 80/tcp www\nldap 389/tcp\nmysql 3306/tcp\npostgresql 5432/tcp\nredis 6379/tcp\n',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nbackup:x:34:34:backup:/var/backups:/usr/sbin/nologin\n',
  '/usr/share/doc/base-files/README':
    'Debian. Packages such as nginx, apache2, postfix, postgresql, redis and openssh are configured in /etc.\n',
  '/usr/share/doc/ifupdown/examples/network-interfaces':
    '# iface eth0 inet static\n# address 192.168.1.2\n# netmask 255.255.255.0\n# gateway 192.168.1.1\n# backup dns cache\n',
  '/usr/share/perl5/Debconf/Config.pm': 'package Debconf::Config; # database cache password server\n',
};
const BASE = [
  'base-files: Debian base system miscellaneous files',
  'cron: process scheduling daemon',
  'netbase: Basic TCP/IP networking system',
];

/** The frame of a system, with files that packages brought besides. */
export function frameOf(sketch: Sketch, brought: readonly FileEntry[] = []): FrameLine[] {
  const entries = [
    { ...os('debian'), entry: { ...os('debian').entry, hostname: sketch.name } },
    ...[...BASE, ...(sketch.packages ?? [])].map(packageLine),
    ...Object.entries({ ...EVERYWHERE, '/etc/hostname': `${sketch.name}\n`, ...sketch.files }).map(
      ([path, text]) => file(path, text),
    ),
    ...brought.map((entry): EntryLine => ({ feature: 'file', key: entry.path, entry })),
    ...(sketch.runs ?? []).map(processLine),
    ...(sketch.listens ?? []).map(listening),
    ...(sketch.connects ?? []).map(connected),
    ...((sketch.owns ?? []).length > 0 ? [interfaceLine(sketch.owns ?? [])] : []),
  ];
  const features = ['os', 'package', 'file', 'process', 'connection', 'interface'] as const;
  return frameLines({ system: sketch.name, at: 1, features, entries });
}

function packageLine(text: string): EntryLine {
  const [name = '', description] = text.split(': ');
  return installed(name, '1.0-1', description === undefined ? {} : { description });
}

function processLine(commandLine: string, index: number): EntryLine {
  const args = commandLine.split(' ');
  const executable = args[0] ?? '';
  const entry: ProcessEntry = {
    pid: 100 + index,
    name: executable.slice(executable.lastIndexOf('/') + 1),
    executable,
    args,
    command_line: commandLine,
    user: { id: '0', name: 'root' },
  };
  return { feature: 'process', key: `${entry.pid}@0`, entry };
}

function endpoint(text: string): { ip: string; port: number } {
  const cut = text.lastIndexOf(':');
  return { ip: text.slice(0, cut), port: Number(text.slice(cut + 1)) };
}

function listening(text: string): EntryLine {
  const [name = '', local = ''] = text.split(' ');
  const entry: ConnectionEntry = {
    transport: 'tcp',
    state: 'listening',
    local: endpoint(local),
    process: { pid: 100, name },
  };
  return { feature: 'connection', key: `tcp ${local}`, entry };
}

function connected(text: string): EntryLine {
  const [name = '', local = '', remote = ''] = text.split(' ');
  const entry: ConnectionEntry = {
    transport: 'tcp',
    state: 'established',
    local: endpoint(local),
    remote: endpoint(remote),
    process: { pid: 100, name },
  };
  return { feature: 'connection', key: `tcp ${local} ${remote}`, entry };
}

function interfaceLine(ip: readonly string[]): EntryLine {
  const entry: InterfaceEntry = { name: 'eth0', mac: '52:54:00:12:34:56', ip: [...ip] };
  return { feature: 'interface', key: 'eth0', entry };
}
