// Parses what /proc/PID/net says of the sockets in a network namespace. Texts are strings of bytes (latin1).
import { endianness } from 'node:os';
import type { ConnectionEntry } from '../../../schemas/entries.ts';
import { liveText } from './live-text.ts';

/** A socket; `inode` is how file descriptors name it, 0 where none has it any more. */
export interface Socket {
  readonly inode: number;
  readonly connection: Omit<ConnectionEntry, 'process' | 'namespace'>;
}

type Endpoint = NonNullable<ConnectionEntry['local']>;
type State = ConnectionEntry['state'];

const LITTLE = endianness() === 'LE';
const MAPPED = /^0{20}ffff/;
const LINE =
  /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+\s+\d+\s+\d+ (\d+)/gm;
const TCP_STATES: Readonly<Record<string, State>> = {
  '01': 'established',
  '02': 'opening',
  '03': 'opening',
  '04': 'closing',
  '05': 'closing',
  '06': 'closing',
  '08': 'closing',
  '09': 'closing',
  '0A': 'listening',
  '0B': 'closing',
  '0C': 'opening',
};

/** /proc/net/tcp, tcp6, udp or udp6. A v4-mapped address is its IPv4. */
export function parseInetSockets(text: string, transport: 'tcp' | 'udp'): Socket[] {
  return [...text.matchAll(LINE)].map(
    ([, localIp = '', localPort = '', remoteIp = '', remotePort = '', code = '', inode]) => {
      const remote = endpoint(remoteIp, remotePort);
      const state =
        transport === 'tcp' ? (TCP_STATES[code] ?? 'other') : code === '01' ? 'established' : 'listening';
      const connection = { transport, state, local: endpoint(localIp, localPort) };
      return {
        inode: Number(inode),
        connection: state === 'listening' ? connection : { ...connection, remote },
      };
    },
  );
}

function endpoint(ip: string, port: string): Endpoint {
  return { ip: address(ip), port: Number.parseInt(port, 16) };
}

/** The kernel writes an address as numbers of 32 bits, each in the byte order of the machine. */
function address(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (LITTLE) bytes.swap32();
  return bytes.length === 4 ? dotted(bytes) : ipv6(bytes);
}

function dotted(bytes: Buffer): string {
  return [...bytes].join('.');
}

/** 16 bytes as RFC 5952 writes them. */
export function ipv6(bytes: Buffer): string {
  if (MAPPED.test(bytes.toString('hex'))) return dotted(bytes.subarray(12));
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  const zeros = [...groups.join(':').matchAll(/(?:\b0(?::|$)){2,}/g)].sort(
    (a, b) => b[0].length - a[0].length,
  )[0];
  if (zeros === undefined) return groups.join(':');
  const text = groups.join(':');
  const before = text.slice(0, zeros.index).replace(/:$/, '');
  return `${before}::${text.slice(zeros.index + zeros[0].length)}`;
}

const UNIX_LINE =
  /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2})\s+(\d+)(?: (.+))?$/gm;
const ACCEPTS = 0x0001_0000;
const DATAGRAM = '0002';
const UNCONNECTED = '01';

/**
 * /proc/net/unix: the sockets with a name that accept connections or datagrams. `@` begins the name of an abstract one.
 * A name may hold line ends, and so feign lines: an inode that stands twice names no socket.
 */
export function parseUnixSockets(text: string): Socket[] {
  const lines = [...text.matchAll(UNIX_LINE)];
  const uses = new Map<string, number>();
  for (const [, , , , inode = ''] of lines) uses.set(inode, (uses.get(inode) ?? 0) + 1);
  return lines.flatMap(([, flags = '', type, state, inode = '', path = '']) => {
    const accepts = (Number.parseInt(flags, 16) & ACCEPTS) !== 0;
    if (path === '' || (!accepts && (type !== DATAGRAM || state !== UNCONNECTED))) return [];
    const connection = { transport: 'unix', state: 'listening', path: liveText(path) } as const;
    return [{ inode: uses.get(inode) === 1 ? Number(inode) : 0, connection }];
  });
}
