// Network namespaces: which processes are in them, and what their sockets and interfaces are, read once for each.
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { ErrorCode } from '../../../schemas/error.ts';
import { linkTarget } from '../tree/anchor.ts';
import { liveText } from './live-text.ts';
import { parseInterfaces, type Addresses } from './interface-files.ts';
import type { LiveVisitor } from './live-state.ts';
import { parseInetSockets, parseUnixSockets, type Socket } from './net-files.ts';
import type { ProcFolder } from './proc-folder.ts';
import type { SeenProcess } from './process-reader.ts';
import type { SocketOwners } from './socket-owners.ts';

/** Bytes of one file of a namespace: some 400,000 sockets. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Processes through which a namespace is tried, where one after the other ends. */
const MOST_TRIES = 16;
const INIT = 1;

/** Why a namespace was not read. */
export interface NamespaceProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

/** One network namespace. */
export class Namespace {
  readonly #name: string;
  readonly #home: boolean;
  readonly #members: SeenProcess[] = [];
  #shared = false;

  /** `home`: it is the machine's own. */
  constructor(name: string, home: boolean) {
    this.#name = name;
    this.#home = home;
  }

  add(process: SeenProcess, belongs: boolean): void {
    if (!belongs) this.#shared = true;
    else if (this.#members.length < MOST_TRIES) this.#members.push(process);
  }

  get isOfTheSystem(): boolean {
    return this.#members.length > 0;
  }

  /**
   * Hands over what is in it. Of a namespace that a system shares with others, these are the sockets of its own
   * processes; the interfaces of the machine's own namespace are the machine's alone.
   */
  read(
    proc: ProcFolder,
    owners: SocketOwners,
    visitor: LiveVisitor,
    whole: boolean,
  ): NamespaceProblem | null {
    for (const { pid } of this.#members) {
      const files = proc.withProcess(pid, (folder) => {
        const read = new NamespaceFiles(folder, visitor);
        const link = folder.link('ns/net');
        return typeof link !== 'string' && link.target === this.#name ? read : 'gone';
      });
      if (typeof files === 'string') continue;
      const namespace = whole && !this.#home ? { namespace: /\d+/.exec(this.#name)?.[0] ?? this.#name } : {};
      this.#sockets(files.sockets, owners, visitor, namespace);
      if (whole || !this.#home) this.#interfaces(files, visitor, namespace);
      return files.truncated
        ? { code: 'UNFOLD_TOO_LARGE', message: 'a network namespace has too many sockets' }
        : null;
    }
    return null;
  }

  #sockets(sockets: readonly Socket[], owners: SocketOwners, visitor: LiveVisitor, namespace: object): void {
    for (const { inode, connection } of sockets) {
      const process = inode === 0 ? undefined : owners.of(inode);
      if (this.#shared && process === undefined) continue;
      visitor.connection?.({ ...connection, ...(process === undefined ? {} : { process }), ...namespace });
    }
  }

  #interfaces({ interfaces }: NamespaceFiles, visitor: LiveVisitor, namespace: object): void {
    const own = this.#name === ownNamespace();
    for (const [name, ip] of own ? withOwnAddresses(interfaces) : interfaces) {
      const mac = own ? macOf(name) : undefined;
      visitor.interface?.({
        name: liveText(name) || '?',
        ...(mac === undefined ? {} : { mac }),
        ip: [...ip],
        ...namespace,
      });
    }
  }
}

/** What a visitor wants to know of a namespace, read at once. */
class NamespaceFiles {
  readonly sockets: readonly Socket[] = [];
  readonly interfaces: Addresses = new Map();
  truncated = false;
  readonly #folder: ProcFolder;

  constructor(folder: ProcFolder, { connection, interface: network }: LiveVisitor) {
    this.#folder = folder;
    if (connection !== undefined)
      this.sockets = [
        ...['tcp', 'tcp6'].flatMap((name) => parseInetSockets(this.#text(name), 'tcp')),
        ...['udp', 'udp6'].flatMap((name) => parseInetSockets(this.#text(name), 'udp')),
        ...parseUnixSockets(this.#text('unix')),
      ];
    if (network !== undefined)
      this.interfaces = parseInterfaces({
        dev: this.#text('dev'),
        route: this.#text('route'),
        fibTrie: this.#text('fib_trie'),
        ifInet6: this.#text('if_inet6'),
      });
  }

  #text(name: string): string {
    const read = this.#folder.read(`net/${name}`, MOST_BYTES);
    if (typeof read === 'string') return '';
    this.truncated ||= read.truncated;
    return read.text;
  }
}

/** The network namespaces of all processes. */
export class Namespaces {
  /** Processes of the system of which this user may not know the namespace. */
  unknown = 0;
  readonly #byName = new Map<string, Namespace>();
  #home = ownNamespace();

  /** To be told of every process, that of INIT first; `belongs`: it is one of the system's. */
  add(process: SeenProcess, belongs: boolean): void {
    const { pid, network } = process;
    if (network === null) {
      // A zombie is in none any more.
      if (belongs && process.stat.state !== 'Z') this.unknown += 1;
      return;
    }
    if (pid === INIT) this.#home = network;
    let namespace = this.#byName.get(network);
    if (namespace === undefined) {
      namespace = new Namespace(network, network === this.#home);
      this.#byName.set(network, namespace);
    }
    namespace.add(process, belongs);
  }

  /** Those with processes of the system. */
  get ofTheSystem(): Namespace[] {
    return [...this.#byName.values()].filter((namespace) => namespace.isOfTheSystem);
  }
}

function ownNamespace(): string | null {
  try {
    return linkTarget('/proc/self/ns/net');
  } catch {
    return null;
  }
}

/** Of the namespace that this process is in the kernel tells more. */
function withOwnAddresses(interfaces: Addresses): Addresses {
  const told = networkInterfaces();
  return new Map(
    [...interfaces].map(([name, ip]) => {
      const own = told[name]?.flatMap(({ cidr }) => (cidr === null ? [] : [cidr]));
      return [name, own ?? ip];
    }),
  );
}

function macOf(name: string): string | undefined {
  try {
    const mac = readFileSync(`/sys/class/net/${name}/address`, 'latin1').trim();
    return /^(?:00[:-]?)*$/.test(mac) ? undefined : mac;
  } catch {
    return undefined;
  }
}
