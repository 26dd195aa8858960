// Which process holds which socket, by the links in its folder of open files.
import { liveText } from './live-text.ts';
import type { ProcFolder } from './proc-folder.ts';
import type { SeenProcess } from './process-reader.ts';

/** Open files that are looked at, of all processes together. */
const MOST_FILES = 1_000_000;
const SOCKET = /^socket:\[(\d+)\]$/;

/** Who holds a socket: of several processes the oldest, which handed it on. */
export class SocketOwners {
  /** Processes whose open files this user may not see. */
  denied = 0;
  /** Open files that were not looked at. */
  beyond = 0;
  readonly #owners = new Map<number, SeenProcess>();
  #files = 0;

  collect(proc: ProcFolder, process: SeenProcess): void {
    if (process.stat.kernelThread) return;
    const sockets = proc.withProcess(process.pid, (folder) => {
      const names = folder.names('fd');
      if (names === 'denied') this.denied += 1;
      if (typeof names === 'string') return [];
      const looked = names.slice(0, MOST_FILES - this.#files);
      this.#files += looked.length;
      this.beyond += names.length - looked.length;
      return looked.flatMap((name) => {
        const link = folder.link(`fd/${name}`);
        const inode = typeof link === 'string' ? undefined : SOCKET.exec(link.target)?.[1];
        return inode === undefined ? [] : [Number(inode)];
      });
    });
    if (typeof sockets === 'string') return;
    for (const inode of sockets) {
      const held = this.#owners.get(inode);
      if (held === undefined || isOlder(process, held)) this.#owners.set(inode, process);
    }
  }

  of(inode: number): { readonly pid: number; readonly name: string } | undefined {
    const owner = this.#owners.get(inode);
    return owner === undefined ? undefined : { pid: owner.pid, name: liveText(owner.stat.name) };
  }
}

function isOlder(a: SeenProcess, b: SeenProcess): boolean {
  return a.stat.startTicks < b.stat.startTicks || (a.stat.startTicks === b.stat.startTicks && a.pid < b.pid);
}
