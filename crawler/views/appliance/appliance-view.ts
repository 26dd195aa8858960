// The view of a disk: what is on it is read inside an appliance, and only what is asked for comes out.
import type { OpenContext } from '../../sources/source.ts';
import { nameText } from '../tree/names.ts';
import type {
  Capability,
  Content,
  ReadFile,
  ReadRequest,
  Report,
  SystemView,
  TreeEntry,
  TreeVisitor,
} from '../view.ts';
import { Appliance } from './appliance.ts';
import { deliverAll, type Item } from './batches.ts';
import type { DiskChain } from './chain.ts';
import { GuestPaths } from './guest-paths.ts';
import { Guest } from './guest.ts';
import { mountSystem } from './inspect.ts';
import type { Listed } from './listing.ts';

/**
 * Starts an appliance and mounts the system of a disk in it. Rejects with UNFOLD_APPLIANCE_FAILED,
 * UNFOLD_TOOL_MISSING, UNFOLD_DISK_NO_SYSTEM, UNFOLD_DISK_UNREADABLE or the signal's reason; nothing runs then.
 */
export async function openDisk(chain: DiskChain, context: OpenContext): Promise<SystemView> {
  context.phase('launch');
  const appliance = await Appliance.launch(chain, context);
  try {
    context.phase('inspect');
    await mountSystem(appliance, context.report);
    return new ApplianceView(appliance, context);
  } catch (error) {
    await appliance.close();
    throw error;
  }
}

class ApplianceView implements SystemView {
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['files']);
  readonly #appliance: Appliance;
  readonly #guest: Guest;
  readonly #paths: GuestPaths;
  readonly #context: OpenContext;

  constructor(appliance: Appliance, context: OpenContext) {
    this.#appliance = appliance;
    this.#context = context;
    this.#guest = new Guest(appliance, context.scratch, context.report);
    this.#paths = new GuestPaths(this.#guest);
  }

  async read(
    requests: readonly ReadRequest[],
    accept: (file: ReadFile) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#working(signal, async () => {
      this.#context.phase('metadata');
      const answers = await this.#paths.answers(requests.map(({ pattern }) => pattern));
      const files: Asked[] = [];
      for (const { pattern, maxBytes } of requests) {
        for (const { path, found } of answers.get(pattern) ?? []) {
          if (found === null) problem(this.#context.report, path, 'cannot be read (ELOOP)');
          else files.push({ path, listed: found, maxBytes });
        }
      }
      this.#context.phase('contents');
      const { report } = this.#context;
      const deliver = (asked: Asked, content: Content): void => accept(fileOf(asked, content, report));
      await deliverAll(this.#guest, files, deliver, signal);
    });
  }

  async walk(visitor: TreeVisitor, signal: AbortSignal): Promise<void> {
    await this.#working(signal, async () => {
      this.#context.phase('metadata');
      const deadlineMs = this.#context.crawl.deadlineSeconds * 1000;
      const listing = await this.#guest.list((print) => print, deadlineMs);
      this.#context.phase('contents');
      await deliverAll(
        this.#guest,
        wanted(listing, visitor),
        ({ listed: { entry } }, content) => visitor.found(entry, content),
        signal,
      );
    });
  }

  async close(): Promise<void> {
    await this.#appliance.close();
  }

  /** An abort ends the appliance: there is no other way to end what it does. */
  async #working(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    signal.throwIfAborted();
    const end = (): void => void this.#appliance.kill();
    signal.addEventListener('abort', end, { once: true });
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', end);
    }
  }
}

interface Asked extends Item {
  /** As asked, in bytes (latin1). */
  readonly path: string;
}

function* wanted(listing: Iterable<Listed>, visitor: TreeVisitor): Generator<Item> {
  for (const listed of listing) {
    yield { listed, maxBytes: listed.entry.type === 'file' ? visitor.want(listed.entry) : 0 };
  }
}

function fileOf({ path, listed, maxBytes }: Asked, content: Content, report: Report): ReadFile {
  const file: { path: string; entry: TreeEntry } = { path: nameText(path), entry: listed.entry };
  if (maxBytes === 0) return { ...file, content: { skip: 'not-read' } };
  if (content !== null) return { ...file, content };
  problem(report, path, `is a ${listed.entry.type}, not a regular file`);
  return { ...file, content: { skip: 'unreadable' } };
}

function problem(report: Report, path: string, message: string): void {
  report.problem({ code: 'UNFOLD_UNREADABLE', extractor: 'appliance', path: nameText(path), message });
}
