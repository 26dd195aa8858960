// What the page knows: the query, its answer, and what is under way. Answers come in the order of their questions.
import { signal } from '@preact/signals';
import type { Answer } from '../../schemas/answer.ts';
import type { Coverage } from '../../schemas/coverage.ts';
import * as api from './api.ts';

/** Systems that are listed, and once more with each press of the button. */
const PAGE = 20;
/** Values per facet: those that are shown, and those that its filter finds. */
const FACET_SIZE = 100;
/** While somebody types, a question waits so long for the next letter. */
const PAUSE_MS = 120;

/** What stands in the box; null before anything was asked. */
export const query = signal<string | null>(null);
/** The answer that is shown; of an earlier query while the next is under way. */
export const answer = signal<Answer | null>(null);
export const isAsking = signal(false);
export const problem = signal<api.RequestProblem | null>(null);
/** Of the whole index, for the first page. */
export const everything = signal<Coverage | null>(null);
export const fields = signal<readonly api.Field[]>([]);
/** Number of the result that the keyboard is at. */
export const selected = signal(-1);

let underWay = new AbortController();
let pause: ReturnType<typeof setTimeout> | undefined;

/** Asks what is typed once there is a pause; what was asked before is cancelled. */
export function askSoon(text: string): void {
  query.value = text;
  clearTimeout(pause);
  pause = setTimeout(() => void ask(text), PAUSE_MS);
}

/** Asks now. */
export async function ask(text: string | null): Promise<void> {
  clearTimeout(pause);
  underWay.abort();
  query.value = text;
  if (text === null) {
    answer.value = null;
    problem.value = null;
    isAsking.value = false;
    return;
  }
  await told(
    (signal) => api.search({ query: text, limit: PAGE, facetSize: FACET_SIZE }, signal),
    (found) => {
      answer.value = found;
      selected.value = -1;
    },
  );
}

/** Adds the next systems of the answer. */
export async function askForMore(): Promise<void> {
  const shown = answer.value;
  if (shown?.cursor == null) return;
  const { query: text, cursor } = shown;
  await told(
    (signal) => api.search({ query: text, limit: PAGE, cursor }, signal),
    (found) => {
      answer.value = { ...shown, systems: [...shown.systems, ...found.systems], cursor: found.cursor };
    },
  );
}

/** Reads what does not change while the page is open. */
export async function begin(): Promise<void> {
  const [covered, known] = await Promise.allSettled([api.coverage(), api.fields()]);
  if (covered.status === 'fulfilled') everything.value = covered.value.coverage;
  else if (covered.reason instanceof api.RequestProblem) problem.value = covered.reason;
  if (known.status === 'fulfilled') fields.value = known.value;
}

/** Runs a question; only the newest one is heard. */
async function told(
  question: (signal: AbortSignal) => Promise<Answer>,
  take: (found: Answer) => void,
): Promise<void> {
  const mine = new AbortController();
  underWay.abort();
  underWay = mine;
  isAsking.value = true;
  try {
    const found = await question(mine.signal);
    if (mine.signal.aborted) return;
    problem.value = null;
    take(found);
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!(error instanceof api.RequestProblem)) throw error;
    problem.value = error;
    answer.value = null;
  } finally {
    if (underWay === mine) isAsking.value = false;
  }
}
