// The view of a system whose files are one view's, and whose live state the machine's /proc tells.
import type { Capability, ReadFile, ReadRequest, Report, SystemView, TreeVisitor } from '../view.ts';
import type { LiveVisitor } from './live-state.ts';
import { readLive, type LiveScope } from './live-reader.ts';
import type { ProcFolder } from './proc-folder.ts';

/** Adds live state to a view; both the view and `proc` are closed with this one. */
export function withLiveState(
  files: SystemView,
  proc: ProcFolder,
  scope: LiveScope,
  report: Report,
): SystemView {
  return new LiveView(files, proc, scope, report);
}

class LiveView implements SystemView {
  readonly capabilities: ReadonlySet<Capability>;
  readonly #files: SystemView;
  readonly #proc: ProcFolder;
  readonly #scope: LiveScope;
  readonly #report: Report;
  #closed = false;

  constructor(files: SystemView, proc: ProcFolder, scope: LiveScope, report: Report) {
    this.capabilities = new Set([...files.capabilities, 'processes', 'connections', 'interfaces']);
    this.#files = files;
    this.#proc = proc;
    this.#scope = scope;
    this.#report = report;
  }

  read(
    requests: readonly ReadRequest[],
    accept: (file: ReadFile) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#files.read(requests, accept, signal);
  }

  walk(visitor: TreeVisitor, signal: AbortSignal): Promise<void> {
    return this.#files.walk(visitor, signal);
  }

  live(visitor: LiveVisitor, signal: AbortSignal): Promise<void> {
    return readLive(this.#proc, this.#scope, visitor, this.#report, signal);
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#proc.close();
    this.#closed = true;
    await this.#files.close();
  }
}
