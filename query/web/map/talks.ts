// Who talks to whom: the connections of systems, with the addresses at their ends as the systems that own them.
import type { SystemRef } from '../../../schemas/system.ts';
import type { ConnectionEntry, InterfaceEntry } from '../../../schemas/entries.ts';

/** What is known of a system. */
export interface Talker {
  readonly system: SystemRef;
  readonly connections: readonly ConnectionEntry[];
  readonly interfaces: readonly InterfaceEntry[];
}

/** An end: a system of the answer, or an address that none of them owns. */
export interface End {
  readonly name: string;
  /** Null of an address. */
  readonly system: string | null;
}

/** Connections from one end to a port of another. */
export interface Talk {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly transport: string;
  /** As many as the end says that has more of them: each may have been crawled at another moment, or not at all. */
  readonly times: number;
  /** Processes at the ends, as far as they are known. */
  readonly processes: readonly string[];
}

/** The talks of systems, the most frequent first. What a system says to itself is left out. */
export function talksOf(talkers: readonly Talker[]): Talk[] {
  const owners = ownersOf(talkers);
  const talks = new Map<string, ToldTalk>();
  for (const { system, connections } of talkers) {
    const own: End = { name: system.name, system: system.id };
    const listening = new Set(
      connections.filter(({ state }) => state === 'listening').map(({ local }) => local?.port),
    );
    for (const { local, remote, transport, process } of connections) {
      if (local === undefined || remote === undefined || isLoopback(remote.ip)) continue;
      const other = owners.get(remote.ip) ?? { name: remote.ip, system: null };
      if (other.system === system.id) continue;
      const isServer = listening.has(local.port);
      const talk = isServer
        ? { from: other, to: own, port: local.port }
        : { from: own, to: other, port: remote.port };
      const processes = process === undefined ? [] : [process.name];
      add(talks, { ...talk, transport, times: 1, processes }, isServer ? 'there' : 'here');
    }
  }
  return [...talks.values()].sort((a, b) => b.times - a.times || (a.from.name < b.from.name ? -1 : 1));
}

/** A talk with how often its beginning (`here`) and its other end (`there`) told of it. */
interface ToldTalk extends Talk {
  readonly here: number;
  readonly there: number;
}

function add(talks: Map<string, ToldTalk>, talk: Talk, side: 'here' | 'there'): void {
  const { from, to, port, transport } = talk;
  const key = [from.system ?? from.name, to.system ?? to.name, port, transport].join('\n');
  const known = talks.get(key) ?? { ...talk, here: 0, there: 0 };
  const told = { here: known.here, there: known.there, [side]: known[side] + 1 };
  const processes = [...new Set([...known.processes, ...talk.processes])];
  talks.set(key, { ...known, ...told, times: Math.max(told.here, told.there), processes });
}

/** By address; one that several systems have, such as a container bridge's, tells none of them. */
function ownersOf(talkers: readonly Talker[]): Map<string, End> {
  const owners = new Map<string, End | null>();
  for (const { system, interfaces } of talkers)
    for (const address of new Set(interfaces.flatMap(({ ip }) => ip.map((one) => one.replace(/\/.*$/, '')))))
      owners.set(address, owners.has(address) ? null : { name: system.name, system: system.id });
  return new Map(
    [...owners].flatMap(([address, owner]) => (owner === null ? [] : [[address, owner] as const])),
  );
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}
