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

/** In the order of the in-product reference. A name stands once and has one type. */
export const FIELDS: readonly Field[] = [
  {
    name: 'system',
    feature: 'system',
    type: 'keyword',
    pointer: 'id',
    description: 'Id or name of a system',
    example: 'system:web1',
  },
  {
    name: 'kind',
    feature: 'system',
    type: 'keyword',
    pointer: 'kind',
    description: 'vm, container, host or image',
    example: 'kind:vm',
  },
  {
    name: 'os',
    feature: 'os',
    type: 'keyword',
    pointer: 'platform',
    description: 'Platform of the operating system',
    example: 'os:debian',
  },
  {
    name: 'os.version',
    feature: 'os',
    type: 'version',
    pointer: 'version',
    description: 'Version of the operating system',
    example: 'os.version:12',
  },
  {
    name: 'kernel',
    feature: 'os',
    type: 'version',
    pointer: 'kernel',
    description: 'Newest installed kernel',
    example: 'kernel:6.1.*',
  },
  {
    name: 'hostname',
    feature: 'os',
    type: 'keyword',
    pointer: 'hostname',
    description: "The system's own host name",
    example: 'hostname:db1',
  },
  {
    name: 'package',
    feature: 'package',
    type: 'keyword',
    pointer: 'name',
    description: 'Installed package',
    example: 'package:nginx',
  },
  {
    name: 'version',
    feature: 'package',
    type: 'version',
    pointer: 'version',
    description: 'Version of a package',
    example: 'version:1.22.*',
  },
  {
    name: 'source',
    feature: 'package',
    type: 'keyword',
    pointer: 'source.name',
    description: 'Source package',
    example: 'source:openssl',
  },
  {
    name: 'path',
    feature: 'file',
    type: 'path',
    pointer: 'path',
    description: 'Path of a file',
    example: 'path:/etc/nginx/*',
  },
  {
    name: 'type',
    feature: 'file',
    type: 'keyword',
    pointer: 'type',
    description: 'file, dir, symlink, fifo, socket, block or char',
    example: 'type:symlink',
  },
  {
    name: 'owner',
    feature: 'file',
    type: 'keyword',
    pointer: 'owner',
    description: 'User who owns a file',
    example: 'owner:postgres',
  },
  {
    name: 'group',
    feature: 'file',
    type: 'keyword',
    pointer: 'group',
    description: 'Group of a file',
    example: 'group:shadow',
  },
  {
    name: 'mode',
    feature: 'file',
    type: 'keyword',
    pointer: 'mode',
    description: 'Octal permissions',
    example: 'mode:4755',
  },
  {
    name: 'target',
    feature: 'file',
    type: 'path',
    pointer: 'target_path',
    description: 'Where a symbolic link points',
    example: 'target:/etc/alternatives/*',
  },
  {
    name: 'hash',
    feature: 'file',
    type: 'keyword',
    pointer: 'hash.sha256',
    description: 'SHA-256 of a file',
    example: 'hash:9f86d081*',
  },
  {
    name: 'content',
    feature: 'file',
    type: 'text',
    pointer: 'content.text',
    description: 'Text of a file',
    example: 'content:max_connections',
  },
  {
    name: 'owned-by',
    feature: 'file',
    type: 'keyword',
    pointer: 'package.name',
    description: 'Package that owns a file',
    example: 'owned-by:nginx-common',
  },
  {
    name: 'modified',
    feature: 'file',
    type: 'keyword',
    pointer: 'package.modified',
    description: 'true: differs from the packaged file',
    example: 'modified:true',
  },
];
