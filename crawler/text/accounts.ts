// Names of users or groups by id, of /etc/passwd or /etc/group.
import { lines } from './lines.ts';

const ID_FIELD = 2;

/** Adds what a file of accounts names; of an id that stands twice the first name stays. */
export function nameAccounts(text: string, names: Map<number, string>): void {
  for (const line of lines(text)) {
    const [name, , id] = line.split(':', ID_FIELD + 1);
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
}
