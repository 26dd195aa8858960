// Services for tests of live state: opens sockets of every kind as its argument says, prints what they are, and waits
// until its input ends.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** `unix`: paths to listen at. `pairs`: connections of this process with itself. */
interface Asked {
  readonly unix?: readonly string[];
  readonly tcp?: readonly (readonly [host: string, port: number])[];
  readonly udp?: readonly (readonly [type: 'udp4' | 'udp6', host: string, port: number])[];
  readonly connect?: readonly (readonly [host: string, port: number])[];
  readonly pairs?: number;
}

const asked = JSON.parse(process.argv[2] ?? '{}') as Asked;
const accepted: Socket[] = [];

async function listening(server: Server, at: object): Promise<Server> {
  server.on('connection', (socket) => accepted.push(socket.on('error', () => undefined)));
  server.listen({ ...at, backlog: 4096 });
  await once(server, 'listening');
  return server;
}

async function connected(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
}

for (const path of asked.unix ?? []) await listening(createServer(), { path });
for (const [host, port] of asked.tcp ?? []) await listening(createServer(), { host, port, ipv6Only: false });
for (const [type, host, port] of asked.udp ?? []) {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  socket.bind(port, host);
  await once(socket, 'listening');
}
for (const [host, port] of asked.connect ?? []) await connected(host, port);
const pairs = asked.pairs ?? 0;
const port = 20_000;
if (pairs > 0) await listening(createServer(), { host: '127.0.0.1', port });
for (let made = 0; made < pairs; made += 100)
  await Promise.all(Array.from({ length: Math.min(100, pairs - made) }, () => connected('127.0.0.1', port)));
while (accepted.length < pairs) await new Promise((resolve) => setTimeout(resolve, 5));

process.stdout.write('ready\n');
process.stdin.resume().on('end', () => process.exit(0));
