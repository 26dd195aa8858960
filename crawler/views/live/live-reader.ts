// Live state of a machine from its /proc, seen from outside: processes, then the sockets and interfaces of their namespaces.
import { setImmediate } from 'node:timers/promises';
import type { ErrorCode } from '../../../schemas/error.ts';
import type { Report } from '../view.ts';
import type { LiveVisitor } from './live-state.ts';
import { Namespaces } from './namespaces.ts';
import type { ProcFolder } from './proc-folder.ts';
import { parseBootTime } from './proc-files.ts';
import { ProcessReader, type SeenProcess } from './process-reader.ts';
import { SocketOwners } from './socket-owners.ts';

/** More processes than these are not looked at; the frame says so. */
const MOST_PROCESSES = 100_000;
const PROCESSES_PER_TURN = 200;
const SMALL_FILE = 1024 * 1024;
/** Extractor of problems that cost an entry a detail, and no entry. */
const DETAIL = 'live-detail';

/** What of a machine a view shows. */
export interface LiveScope {
  /** Chooses, of all processes there are, those that belong to the system; null: all. */
  readonly belongs: ((processes: readonly SeenProcess[]) => ReadonlySet<number>) | null;
  /** True where users are told as the processes' own namespace numbers them. */
  readonly insideUsers: boolean;
}

/** Everything on the machine. */
export const WHOLE_MACHINE: LiveScope = { belongs: null, insideUsers: false };

/** Hands over the live state of a scope. A process that ends meanwhile is left out; what may not be seen is a problem. */
export async function readLive(
  proc: ProcFolder,
  scope: LiveScope,
  visitor: LiveVisitor,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const reading = new LiveReading(proc, scope, visitor, report);
  for (const step of [reading.look(), reading.processes(), reading.namespaces()]) {
    signal.throwIfAborted();
    while (step.next().done !== true) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  reading.reportUnseen();
}

/** The steps of one reading; each yields where others should have their turn. */
class LiveReading {
  readonly #proc: ProcFolder;
  readonly #scope: LiveScope;
  readonly #visitor: LiveVisitor;
  readonly #report: Report;
  readonly #reader: ProcessReader;
  readonly #owners = new SocketOwners();
  readonly #namespaces = new Namespaces();
  #seen: SeenProcess[] = [];
  #hidden = 0;

  constructor(proc: ProcFolder, scope: LiveScope, visitor: LiveVisitor, report: Report) {
    this.#proc = proc;
    this.#scope = scope;
    this.#visitor = visitor;
    this.#report = report;
    this.#reader = new ProcessReader(proc, parseBootTime(proc.text('stat', SMALL_FILE)), scope.insideUsers);
  }

  /** Identifies all processes, and keeps those of the scope. */
  *look(): Generator<undefined, void> {
    const pids = this.#proc.processes();
    if (pids.length > MOST_PROCESSES) {
      const more = `${pids.length - MOST_PROCESSES} processes beyond ${MOST_PROCESSES} were not looked at`;
      for (const feature of this.#features()) this.#problem('UNFOLD_TOO_LARGE', feature, more);
    }
    for (const [index, pid] of pids.slice(0, MOST_PROCESSES).entries()) {
      if (index % PROCESSES_PER_TURN === PROCESSES_PER_TURN - 1) yield;
      const seen = this.#reader.look(pid);
      if (seen === 'denied') this.#hidden += 1;
      else if (seen !== 'gone') this.#seen.push(seen);
    }
    const { belongs } = this.#scope;
    const chosen = belongs === null ? null : belongs(this.#seen);
    for (const process of this.#seen)
      this.#namespaces.add(process, chosen === null || chosen.has(process.pid));
    if (chosen !== null) this.#seen = this.#seen.filter(({ pid }) => chosen.has(pid));
  }

  /** Hands over the processes, and notes which sockets they hold. */
  *processes(): Generator<undefined, void> {
    const { process: accept, connection } = this.#visitor;
    for (const [index, seen] of this.#seen.entries()) {
      if (index % PROCESSES_PER_TURN === PROCESSES_PER_TURN - 1) yield;
      if (connection !== undefined) this.#owners.collect(this.#proc, seen);
      const read = accept === undefined ? null : this.#reader.read(seen);
      if (read !== null) this.#visitor.process?.(read);
    }
  }

  /** Hands over the sockets and interfaces of each network namespace once. */
  *namespaces(): Generator<undefined, void> {
    const { connection, interface: network } = this.#visitor;
    if (connection === undefined && network === undefined) return;
    const whole = this.#scope.belongs === null;
    for (const namespace of this.#namespaces.ofTheSystem) {
      const problem = namespace.read(this.#proc, this.#owners, this.#visitor, whole);
      if (problem !== null) {
        for (const feature of this.#features().filter((each) => each !== 'process'))
          this.#problem(problem.code, feature, problem.message);
      }
      yield;
    }
  }

  /** Says once, however many processes there are, what this user may not see of them. */
  reportUnseen(): void {
    const features = this.#features();
    for (const feature of features)
      this.#unseen(this.#hidden, feature, 'UNFOLD_UNREADABLE', 'processes that may not be read');
    const ofSockets = features.some((feature) => feature !== 'process');
    const details: readonly [number, ErrorCode, string][] = [
      [this.#reader.withoutExecutable, 'UNFOLD_UNREADABLE', 'processes whose executable may not be known'],
      [
        ofSockets ? this.#namespaces.unknown : 0,
        'UNFOLD_UNREADABLE',
        'processes whose network namespace may not be known',
      ],
      [this.#owners.denied, 'UNFOLD_UNREADABLE', 'processes whose sockets may not be known to be theirs'],
      [
        this.#owners.beyond,
        'UNFOLD_TOO_LARGE',
        'open files beyond the bound, which may be sockets with an owner',
      ],
    ];
    for (const [count, code, what] of details) this.#unseen(count, DETAIL, code, what);
  }

  #unseen(count: number, extractor: string, code: ErrorCode, what: string): void {
    if (count > 0) this.#problem(code, extractor, `${what}: ${count}`);
  }

  #features(): string[] {
    return (['process', 'connection', 'interface'] as const).filter(
      (each) => this.#visitor[each] !== undefined,
    );
  }

  #problem(code: ErrorCode, extractor: string, message: string): void {
    this.#report.problem({ code, extractor, message });
  }
}
