// The address of the page and what it shows are one: it can be bookmarked, shared and gone back to.
import { effect } from '@preact/signals';
import { ask, query } from './state.ts';

/** Shows what the address asks, now and when somebody goes back; keeps the address at what is asked. */
export function followAddress(): void {
  const show = (): void => void ask(asked());
  window.addEventListener('popstate', show);
  show();
  effect(() => {
    const text = query.value;
    document.title = text === null || text.trim() === '' ? 'Unfold' : `${text} · Unfold`;
    if (text !== asked()) history.replaceState(null, '', pathOf(text));
  });
}

/** Asks something of which the way back leads here. */
export function go(text: string | null): void {
  history.pushState(null, '', pathOf(text));
  void ask(text);
}

/** The path that asks this. */
export function pathOf(text: string | null): string {
  return text === null ? '/' : `/?${new URLSearchParams({ q: text })}`;
}

function asked(): string | null {
  return new URLSearchParams(window.location.search).get('q');
}
