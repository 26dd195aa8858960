// What the page knows of a search: what was asked, its answer, and what is under way. Answers come in the order of their questions.
import { computed, effect, signal } from '@preact/signals';
import type { Answer } from '../../schemas/answer.ts';
import type { Coverage } from '../../schemas/coverage.ts';
import * as api from './api.ts';
import { askedBy, goOn, pathOf, type Asked } from './asked.ts';
import { address } from './location.ts';

/** Systems that are listed, and once more with each press of the button. */
const PAGE = 20;
/** While somebody types, a question waits so long for the next letter. */
const PAUSE_MS = 120;

/** What the address asks. */
export const asked = computed<Asked>(() => askedBy(address.value));
/** Whether the page shows a search, and not one of its other views. */
export const isSearching = computed(() => address.value.pathname === '/');
/** What stands in the box; null before anything was asked. */
export const query = signal<string | null>(null);
/** The answer that is shown; of an earlier question while the next is under way. */
export const answer = signal<Answer | null>(null);
export const isAsking = signal(false);
export const problem = signal<api.RequestProblem | null>(null);
/** Of the whole index, for the first page. */
export const everything = signal<Coverage | null>(null);
/** What can be asked; null before the server told. */
export const reference = signal<api.Reference | null>(null);
export const fields = computed<readonly api.Field[]>(() => reference.value?.fields ?? []);

let underWay = new AbortController();
let pause: ReturnType<typeof setTimeout> | undefined;
/** The search that was asked last, as a path. */
let last = '';

/** Asks whatever the address asks, from now on. */
export function followSearches(): void {
  effect(() => {
    if (!isSearching.value) return;
    const wanted = asked.value;
    const text = wanted.query;
    document.title = text === null || text.trim() === '' ? 'Unfold' : `${text} · Unfold`;
    query.value = text;
    if (pathOf(wanted) !== last) void ask(wanted);
  });
}

/** Asks what is typed once there is a pause; what was asked before is cancelled. */
export function askSoon(text: string): void {
  query.value = text;
  clearTimeout(pause);
  if (isSearching.value) pause = setTimeout(() => goOn({ ...asked.value, query: text }), PAUSE_MS);
}

/** Asks now, once more if it was asked before. */
export async function ask(wanted: Asked): Promise<void> {
  clearTimeout(pause);
  underWay.abort();
  last = pathOf(wanted);
  const { query: text } = wanted;
  if (text === null) {
    answer.value = null;
    problem.value = null;
    isAsking.value = false;
    return;
  }
  await told(
    (signal) => api.search({ ...wanted, query: text, limit: PAGE, facets: api.FACETS }, signal),
    (found) => (answer.value = found),
  );
}

/** Adds the next systems of the answer. */
export async function askForMore(): Promise<void> {
  const shown = answer.value;
  if (shown?.cursor == null) return;
  const { cursor, query: text } = shown;
  await told(
    (signal) => api.search({ ...asked.value, query: text, limit: PAGE, cursor }, signal),
    (found) => {
      answer.value = { ...shown, systems: [...shown.systems, ...found.systems], cursor: found.cursor };
    },
  );
}

/** Reads what does not change while the page is open. */
export async function begin(): Promise<void> {
  const [covered, known] = await Promise.allSettled([api.coverage(), api.reference()]);
  if (covered.status === 'fulfilled') everything.value = covered.value.coverage;
  else if (covered.reason instanceof api.RequestProblem) problem.value = covered.reason;
  if (known.status === 'fulfilled') reference.value = known.value;
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
    problem.value = api.problemOf(error);
    answer.value = null;
  } finally {
    if (underWay === mine) isAsking.value = false;
  }
}
