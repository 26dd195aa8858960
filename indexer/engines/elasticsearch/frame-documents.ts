// The documents of `frames`: each frame, its problems, and the facts that ended with it.
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { packEnded, unpackEnded, type StampedFact } from './held-facts.ts';
import type { Operation } from './bulk.ts';
import type { Store } from './store.ts';
import { missing } from './stored-entries.ts';
import { partId, systemDocumentId, type StoredFrame, type SystemRecord } from './system-record.ts';

const PROBLEMS_PER_PART = 1000;
const ENDED_PER_PART = 10_000;

/** A document of a frame. It counts once it is marked as published, or its system's document names its attempt. */
export interface FrameDocument {
  readonly kind: 'frame';
  readonly frame: string;
  readonly attempt: string;
  readonly system: string;
  readonly at: string;
  readonly failed: boolean;
  readonly published: boolean;
  /** The state of its system that it made. */
  readonly publication: number;
  readonly stored: StoredFrame;
}

/** Facts that ended with a frame. */
export interface EndedDocument {
  readonly kind: 'ended';
  readonly attempt: string;
  readonly system: string;
  readonly at: string;
  readonly published: boolean;
  readonly publication: number;
  readonly count: number;
  readonly entries: readonly number[];
  /** Base64. */
  readonly packed: string;
}

interface ProblemsDocument {
  readonly kind: 'problems';
  readonly attempt: string;
  readonly system: string;
  readonly at: string;
  readonly publication: number;
  readonly problems: readonly Problem[];
}

/** What a frame did, on its way into documents. */
export interface FrameOutcome {
  readonly attempt: string;
  readonly header: FrameHeader;
  readonly end: FrameEnd;
  readonly problems: number;
  readonly ended: readonly StampedFact[];
  readonly opened: number;
  readonly kept: number;
}

function parts(count: number, size: number): number {
  return Math.ceil(count / size);
}

/** The frame as systems have it. */
export function storedFrame({
  attempt,
  header,
  end,
  problems,
  ended,
  opened,
  kept,
}: FrameOutcome): StoredFrame {
  return {
    attempt,
    header,
    end,
    problemParts: parts(problems, PROBLEMS_PER_PART),
    endedParts: parts(ended.length, ENDED_PER_PART),
    opened,
    closed: ended.length,
    kept,
  };
}

/** What to write of a frame before its system's new state is published. */
export function frameOperations(
  index: string,
  { id, publication }: SystemRecord,
  outcome: FrameOutcome,
): Operation[] {
  const { attempt, header, end, ended } = outcome;
  const own = { attempt, system: systemDocumentId(id), at: header.at, published: false, publication };
  const frame: FrameDocument = {
    kind: 'frame',
    frame: header.id,
    failed: end.status === 'failed',
    ...own,
    stored: storedFrame(outcome),
  };
  const operations: Operation[] = [{ does: 'index', index, id: attempt, document: frame }];
  for (let part = 0; part < parts(ended.length, ENDED_PER_PART); part++) {
    const facts = ended.slice(part * ENDED_PER_PART, (part + 1) * ENDED_PER_PART);
    const document: EndedDocument = {
      kind: 'ended',
      ...own,
      count: facts.length,
      entries: facts.map(({ number }) => number),
      packed: packEnded(facts).toString('base64'),
    };
    operations.push({ does: 'index', index, id: partId(attempt, 'ended', part), document });
  }
  return operations;
}

/** The facts of a document. */
export function endedFacts({ packed }: Pick<EndedDocument, 'packed'>): StampedFact[] {
  return unpackEnded(Buffer.from(packed, 'base64'));
}

/** Writes problems while a frame is read, in parts. */
export class ProblemWriter {
  readonly #store: Store;
  readonly #own: Omit<ProblemsDocument, 'problems'>;
  #problems: Problem[] = [];
  #parts = 0;
  count = 0;

  constructor(store: Store, attempt: string, { system, at }: FrameHeader, publication: number) {
    this.#store = store;
    this.#own = { kind: 'problems', attempt, system: systemDocumentId(system.id), at, publication };
  }

  add(problem: Problem): void {
    this.#problems.push(problem);
    this.count += 1;
  }

  /** Takes back what was added. */
  async remove(): Promise<void> {
    const index = this.#store.names.frames;
    const ids = Array.from({ length: this.#parts }, (_, part) => partId(this.#own.attempt, 'problems', part));
    await this.#store.write(ids.map((id) => ({ does: 'delete', index, id })));
    this.#problems = [];
    this.#parts = this.count = 0;
  }

  /** Writes the parts that are full; `all`: what is left, too. */
  async write(all: boolean): Promise<void> {
    while (this.#problems.length >= PROBLEMS_PER_PART || (all && this.#problems.length > 0)) {
      const problems = this.#problems.splice(0, PROBLEMS_PER_PART);
      const document: ProblemsDocument = { ...this.#own, problems };
      const id = partId(this.#own.attempt, 'problems', this.#parts++);
      await this.#store.write([{ does: 'index', index: this.#store.names.frames, id, document }]);
    }
  }
}

/** Problems of frames, as they had them, by attempt. */
export async function readProblems(
  store: Store,
  frames: readonly Pick<StoredFrame, 'attempt' | 'problemParts'>[],
): Promise<Map<string, Problem[]>> {
  const ids = frames.flatMap(({ attempt, problemParts }) =>
    Array.from({ length: problemParts }, (_, part) => partId(attempt, 'problems', part)),
  );
  const documents = new Map<string, readonly Problem[]>();
  await store.byId('frames', ids, (id, source) => documents.set(id, (source as ProblemsDocument).problems));
  return new Map(
    frames.map(({ attempt, problemParts }) => [
      attempt,
      Array.from({ length: problemParts }, (_, part) => {
        const problems = documents.get(partId(attempt, 'problems', part));
        if (problems === undefined) throw missing(`problems of frame ${attempt}`);
        return problems;
      }).flat(),
    ]),
  );
}

/** A crawl fails for what concerns no single path; a frame that does not say why is told so. */
export function reasonOf(problems: readonly Problem[]): { code: string; reason: string } {
  const problem = problems.find(({ path }) => path === undefined) ?? problems[0];
  if (problem === undefined) return { code: 'UNFOLD_CRAWL_CRASHED', reason: 'the frame gives no reason' };
  return { code: problem.code, reason: problem.message };
}
