// What a search asks, as the address has it: the query, what its answer is narrowed to, and the instant.
import { become, pathWith, visit } from './location.ts';

/** A search as people see it. `query` is null before anything was asked; `at` is empty for now. */
export interface Asked {
  readonly query: string | null;
  /** Conditions such as `package:nginx` and `-kind:vm`; see `narrow` of the API. */
  readonly narrow: readonly string[];
  readonly at: string;
}

/** What an address asks. */
export function askedBy({ searchParams }: URL): Asked {
  return {
    query: searchParams.get('q'),
    narrow: searchParams.getAll('narrow'),
    at: searchParams.get('at') ?? '',
  };
}

/** The path that asks it. */
export function pathOf({ query, narrow, at }: Asked): string {
  if (query === null) return '/';
  const parameters = new URLSearchParams({ q: query });
  for (const condition of narrow) parameters.append('narrow', condition);
  if (at !== '') parameters.set('at', at);
  return pathWith('/', parameters);
}

/** Asks something of which the way back leads here. */
export function go(asked: Asked): void {
  visit(pathOf(asked));
}

/** Asks in place of what was asked, as while somebody types. */
export function goOn(asked: Asked): void {
  become(pathOf(asked));
}
