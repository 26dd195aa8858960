// The field catalogue: every `field:` of the query language, and where its value stands in an entry.
import type { Feature } from './entries.ts';

/** How values of a field compare. */
export type FieldType = 'keyword' | 'text' | 'path' | 'version' | 'number' | 'date' | 'address';

/** One searchable field. `pointer` is the dotted place in the entry; without it the field is the system's own. */
export interface Field {
  readonly name: string;
  readonly feature: Feature | 'system';
  readonly type: FieldType;
  readonly pointer: string;
  readonly description: string;
  readonly example: string;
}

type Row = readonly [
  name: string,
  feature: Field['feature'],
  type: FieldType,
  pointer: string,
  description: string,
  example: string,
];

// prettier-ignore
const ROWS: readonly Row[] = [
  ['system', 'system', 'keyword', 'id', 'Id or name of a system', 'system:web1'],
  ['kind', 'system', 'keyword', 'kind', 'vm, container, host or image', 'kind:vm'],
  ['label', 'system', 'keyword', 'labels', 'Label of a system, as key=value', 'label:tier=web'],
  ['os', 'os', 'keyword', 'platform', 'Platform of the operating system', 'os:debian'],
  ['os.version', 'os', 'version', 'version', 'Version of the operating system', 'os.version:12'],
  ['kernel', 'os', 'version', 'kernel', 'Newest installed kernel', 'kernel:6.1.*'],
  ['hostname', 'os', 'keyword', 'hostname', "The system's own host name", 'hostname:db1'],
  ['package', 'package', 'keyword', 'name', 'Installed package', 'package:nginx'],
  ['version', 'package', 'version', 'version', 'Version of a package', 'version:1.22.*'],
  ['source', 'package', 'keyword', 'source.name', 'Source package', 'source:openssl'],
  ['path', 'file', 'path', 'path', 'Path of a file', 'path:/etc/nginx/*'],
  ['type', 'file', 'keyword', 'type', 'file, dir, symlink, fifo, socket, block or char', 'type:symlink'],
  ['owner', 'file', 'keyword', 'owner', 'User who owns a file', 'owner:postgres'],
  ['group', 'file', 'keyword', 'group', 'Group of a file', 'group:shadow'],
  ['mode', 'file', 'keyword', 'mode', 'Octal permissions', 'mode:4755'],
  ['target', 'file', 'path', 'target_path', 'Where a symbolic link points', 'target:/etc/alternatives/*'],
  ['hash', 'file', 'keyword', 'hash.sha256', 'SHA-256 of a file', 'hash:9f86d081*'],
  ['content', 'file', 'text', 'content.text', 'Text of a file', 'content:max_connections'],
  ['owned-by', 'file', 'keyword', 'package.name', 'Package that owns a file', 'owned-by:nginx-common'],
  ['modified', 'file', 'keyword', 'package.modified', 'true: differs from the packaged file', 'modified:true'],
  ['process', 'process', 'keyword', 'name', 'Name of a running process', 'process:nginx'],
  ['pid', 'process', 'number', 'pid', 'Number of a process', 'pid:1'],
  ['command', 'process', 'keyword', 'command_line', 'Command line of a process', 'command:*--config*'],
  ['executable', 'process', 'path', 'executable', 'Program that a process runs', 'executable:/usr/sbin/*'],
  ['user', 'process', 'keyword', 'user.name', 'User that a process runs as', 'user:postgres'],
  ['cgroup', 'process', 'path', 'cgroup', 'Control group of a process', 'cgroup:/system.slice/*'],
  ['port', 'connection', 'number', 'local.port', 'Local port of a socket', 'port:5432'],
  ['remote-port', 'connection', 'number', 'remote.port', 'Port at the other end of a connection', 'remote-port:443'],
  ['local', 'connection', 'address', 'local.ip', 'Own address of a socket; networks and ranges, too', 'local:127.0.0.0/8'],
  ['remote', 'connection', 'address', 'remote.ip', 'Address at the other end of a connection; networks and ranges, too', 'remote:10.0.0.0/8'],
  ['transport', 'connection', 'keyword', 'transport', 'tcp, udp or unix', 'transport:udp'],
  ['state', 'connection', 'keyword', 'state', 'listening, established, opening, closing or other', 'state:listening'],
  ['socket', 'connection', 'path', 'path', 'Path of a unix socket', 'socket:/run/*'],
  ['held-by', 'connection', 'keyword', 'process.name', 'Process that holds a socket', 'held-by:sshd'],
  ['interface', 'interface', 'keyword', 'name', 'Network interface', 'interface:eth0'],
  ['ip', 'interface', 'address', 'ip', 'Address of an interface; networks and ranges, too', 'ip:10.20.0.0/16'],
  ['mac', 'interface', 'keyword', 'mac', 'Hardware address of an interface', 'mac:52:54:00:*'],
];

/** In the order of the in-product reference. A name stands once and has one type. */
export const FIELDS: readonly Field[] = ROWS.map(([name, feature, type, pointer, description, example]) => ({
  name,
  feature,
  type,
  pointer,
  description,
  example,
}));
