// The view of a directory tree on this machine.
import { closeSync, mkdtempSync, rmdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { OpenContext } from '../../sources/source.ts';
import type { Capability, ReadFile, ReadRequest, Report, SystemView, TreeVisitor } from '../view.ts';
import { openRoot } from './anchor.ts';
import { Boundary } from './boundary.ts';
import { ContentReader } from './content.ts';
import { currentMounts, mountIdOf, mountReadOnly, mountsBelow, type Mount } from './mounts.ts';
import { bytesOf } from './names.ts';
import { readRequests } from './requests.ts';
import { Resolver } from './resolve.ts';
import { walkTree } from './walk.ts';

type Context = Pick<OpenContext, 'scratch' | 'dataFolder' | 'report' | 'signal' | 'privateMounts' | 'notice'>;

const MAY_CHANGE =
  'Access times of directories, symbolic links and files of other users may change while this tree is read; a crawl as root in a mount namespace of its own leaves them alone.';

/** A tree of another mount namespace: what is mounted there, and where the tree is among it. */
export interface ForeignMounts {
  readonly mounts: readonly Mount[];
  readonly directory: string;
}

/**
 * Opens the tree below `directory`, an absolute path without symbolic links but at its end. A tree of another mount
 * namespace is read as it is: it cannot be mounted here. Throws the system's error.
 */
export async function openTree(
  directory: string,
  context: Context,
  foreign: ForeignMounts | null = null,
): Promise<SystemView> {
  const rootFd = openRoot(directory);
  let below: Map<string, Mount>;
  let own: Mount | undefined;
  try {
    const mounts = foreign?.mounts ?? currentMounts();
    const id = mountIdOf(rootFd);
    own = mounts.find((mount) => mount.id === id);
    below = mountsBelow(mounts, id, bytesOf(foreign?.directory ?? directory));
  } finally {
    closeSync(rootFd);
  }
  const window = context.privateMounts && foreign === null ? await openWindow(directory, context) : null;
  if (window === null && !keepsAccessTimes(own)) context.notice(MAY_CHANGE);
  try {
    return new TreeView(window, directory, below, context);
  } catch (error) {
    await window?.close();
    throw error;
  }
}

/** True for a mount that writes no access times. */
function keepsAccessTimes(mount: Mount | undefined): boolean {
  return mount?.options.some((option) => option === 'noatime' || option === 'ro') === true;
}

interface Window {
  readonly path: string;
  close(): Promise<void>;
}

/** null where the kernel refuses the mount. */
async function openWindow(directory: string, { scratch, signal, notice }: Context): Promise<Window | null> {
  const path = mkdtempSync(join(scratch, 'tree-'));
  try {
    const unmount = await mountReadOnly(directory, path, signal);
    return {
      path,
      async close() {
        await unmount();
        rmdirSync(path);
      },
    };
  } catch (error) {
    rmdirSync(path);
    signal.throwIfAborted();
    notice(`No private mount of the tree: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

class TreeView implements SystemView {
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['files']);
  readonly #window: Window | null;
  readonly #rootFd: number;
  readonly #boundary: Boundary;
  readonly #reader: ContentReader;
  readonly #report: Report;
  #closed = false;

  constructor(window: Window | null, directory: string, below: ReadonlyMap<string, Mount>, context: Context) {
    this.#window = window;
    this.#rootFd = openRoot(window?.path ?? directory);
    this.#report = context.report;
    this.#reader = new ContentReader(window !== null);
    const own = [context.dataFolder, context.scratch]
      .map((folder) => statSync(folder, { throwIfNoEntry: false }))
      .filter((stats): stats is Stats => stats !== undefined);
    this.#boundary = new Boundary(mountIdOf(this.#rootFd), below, own, context.report);
  }

  async read(
    requests: readonly ReadRequest[],
    accept: (file: ReadFile) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const resolver = new Resolver(this.#rootFd, this.#boundary);
    try {
      await readRequests({ resolver, reader: this.#reader, report: this.#report }, requests, accept, signal);
    } finally {
      resolver.close();
    }
  }

  async walk(visitor: TreeVisitor, signal: AbortSignal): Promise<void> {
    const tools = {
      rootFd: this.#rootFd,
      reader: this.#reader,
      boundary: this.#boundary,
      report: this.#report,
    };
    await walkTree(tools, visitor, signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#rootFd);
    await this.#window?.close();
  }
}
