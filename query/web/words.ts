// Figures and texts as readers want them.

/** `1 system`, `2,345 systems`. */
export function count(amount: number, word: string): string {
  return `${amount.toLocaleString('en-US')} ${word}${amount === 1 ? '' : 's'}`;
}

/** How long before an instant another was: `3 min`. */
export function age(from: string, to: string): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** An instant for readers, in UTC. */
export function instant(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/** A condition of the query language, quoted where it must be. */
export function condition(field: string, value: string): string {
  return `${field}:${/^[\w./@+~-]+$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`}`;
}

/** A query with one more condition; one that has a choice is kept together. */
export function narrowed(query: string, more: string): string {
  const before = query.trim();
  if (before === '') return more;
  return /\bor\b/i.test(before) ? `(${before}) ${more}` : `${before} ${more}`;
}

/** Whether a query has this very condition. */
export function has(query: string, wanted: string): boolean {
  return parts(query).includes(wanted);
}

/** A query without this condition. */
export function without(query: string, unwanted: string): string {
  return parts(query)
    .filter((part) => part !== unwanted)
    .join(' ');
}

/** What stands between blanks, quotes and parentheses kept together. */
export function parts(query: string): string[] {
  return query.match(/(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|[^\s"(]|["(])+/g) ?? [];
}
