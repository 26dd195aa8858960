// What the API says at a path, as long as a view shows it.
import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { fetched, problemOf, tokensGiven, type RequestProblem } from './api.ts';
import { isAsking } from './state.ts';

/** What came of a request; `data` of an earlier path while the next is under way. */
export interface Fetched<T> {
  readonly data: T | null;
  readonly problem: RequestProblem | null;
  readonly isLoading: boolean;
}

/** Reads a path, again whenever it changes or somebody gives a token; null: nothing. */
export function useFetched<T>(path: string | null, init?: RequestInit): Fetched<T> {
  const state = useMemo(() => signal<Fetched<T>>({ data: null, problem: null, isLoading: true }), []);
  const given = tokensGiven.value;
  useEffect(() => {
    if (path === null) {
      state.value = { data: null, problem: null, isLoading: false };
      return;
    }
    const reading = new AbortController();
    state.value = { ...state.value, isLoading: true };
    isAsking.value = true;
    void read(path, state, { ...init, signal: reading.signal });
    return () => {
      reading.abort();
      isAsking.value = false;
    };
  }, [path, init?.body, given]);
  return state.value;
}

/** Reads what comes with texts; where the token does not allow these, the other path, which has none. */
export function useTexts<T>(path: string, withoutTexts: string): Fetched<T> & { readonly hasTexts: boolean } {
  const full = useFetched<T>(path);
  const hasTexts = full.problem?.code !== 'UNFOLD_SCOPE_MISSING';
  const thin = useFetched<T>(hasTexts ? null : withoutTexts);
  return { ...(hasTexts ? full : thin), hasTexts };
}

async function read<T>(
  path: string,
  state: Signal<Fetched<T>>,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<void> {
  try {
    const data = await fetched<T>(path, init);
    if (init.signal.aborted) return;
    state.value = { data, problem: null, isLoading: false };
  } catch (error) {
    if (init.signal.aborted) return;
    state.value = { data: null, problem: problemOf(error), isLoading: false };
  }
  isAsking.value = false;
}
