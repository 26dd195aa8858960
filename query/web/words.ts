// Figures and texts as readers want them.

/** `1 system`, `2,345 systems`. */
export function count(amount: number, word: string): string {
  const ending = amount === 1 ? '' : word.endsWith('s') ? 'es' : 's';
  return `${amount.toLocaleString('en-US')} ${word}${ending}`;
}

/** How long before an instant another was: `3 min`. */
export function age(from: string, to: string): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** How long ago an instant was: `3 min ago`. */
export function ago(from: string): string {
  return `${age(from, new Date().toISOString())} ago`;
}

/** An instant for readers, in UTC. */
export function instant(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/** `3.4 MB`. */
export function bytes(amount: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = amount < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(amount) / 10));
  const scaled = amount / 1024 ** power;
  return `${power === 0 || scaled >= 10 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power] ?? ''}`;
}

/** A condition of the query language, quoted where it must be. Backslashes count before a quote alone. */
export function condition(field: string, value: string): string {
  if (/^[\w./@+~-]+$/.test(value)) return `${field}:${value}`;
  const escaped = value.replace(/(\\*)("|$)/g, (_all, slashes: string, quote: string) =>
    quote === '' ? slashes + slashes : `${slashes}${slashes}\\"`,
  );
  return `${field}:"${escaped}"`;
}

/** A query with one more condition; one that has a choice is kept together. */
export function narrowed(query: string, more: string): string {
  const before = query.trim();
  if (before === '') return more;
  return /\bor\b/i.test(before) ? `(${before}) ${more}` : `${before} ${more}`;
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
