// The address of the page and what it shows are one: it can be bookmarked, shared and gone back to.
import { computed, signal } from '@preact/signals';

/** The address that is shown. */
export const address = signal(new URL(window.location.href));

/** What the address says after its `?`. */
export const parameters = computed(() => address.value.searchParams);

/** Keeps to the address when somebody goes back. */
export function followAddress(): void {
  window.addEventListener('popstate', () => (address.value = new URL(window.location.href)));
}

/** Shows what is at a path, of which the way back leads here. */
export function visit(path: string): void {
  history.pushState(null, '', path);
  address.value = new URL(window.location.href);
  scrollTo(0, 0);
}

/** The address becomes this one, and the way back stays what it was. */
export function become(path: string): void {
  history.replaceState(null, '', path);
  address.value = new URL(window.location.href);
}

/** The current path with other parameters; null leaves one out. */
export function changed(changes: Readonly<Record<string, string | null>>): string {
  const { pathname, searchParams } = address.value;
  const wanted = new URLSearchParams(searchParams);
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === '') wanted.delete(name);
    else wanted.set(name, value);
  return pathWith(pathname, wanted);
}

/** A path with parameters, if there are any. */
export function pathWith(pathname: string, wanted: URLSearchParams): string {
  const text = wanted.toString();
  return text === '' ? pathname : `${pathname}?${text}`;
}
