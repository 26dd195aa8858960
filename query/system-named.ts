// What a user calls a system → the system.
import { UnfoldError } from '../schemas/error.ts';
import type { SystemState } from '../indexer/engines/search-engine.ts';
import { nearest } from './language/nearest.ts';

/** Ids listed where a name is ambiguous. */
const LISTED = 10;

/**
 * The system with this id, else the only one with this name, else the only one whose id ends so, from a `/` or `:` on.
 * Throws UNFOLD_SYSTEM_UNKNOWN.
 */
export function systemNamed(states: readonly SystemState[], named: string): SystemState {
  const ways: ((state: SystemState) => boolean)[] = [
    ({ system }) => system.id === named,
    ({ system }) => system.name === named,
    ({ system }) => endsWith(system.id, named),
  ];
  for (const isMeant of ways) {
    const [first, ...more] = states.filter(isMeant);
    if (first === undefined) continue;
    if (more.length === 0) return first;
    throw ambiguous([first, ...more], named);
  }
  const near = nearest(
    named,
    states.map(({ system }) => system.name),
  );
  throw new UnfoldError(
    'UNFOLD_SYSTEM_UNKNOWN',
    `no system of the index has the id or name ${named}${near === null ? '' : `; did you mean ${near}?`}`,
  );
}

function endsWith(id: string, named: string): boolean {
  return (
    named !== '' && id.endsWith(named) && (/^[/:]/.test(named) || /[/:]$/.test(id.slice(0, -named.length)))
  );
}

function ambiguous(states: readonly SystemState[], named: string): UnfoldError {
  const ids = states.map(({ system }) => system.id);
  const listed = ids.slice(0, LISTED).join(', ');
  const more = ids.length > LISTED ? ` and ${ids.length - LISTED} more` : '';
  const what = states.every(({ system }) => system.name === named)
    ? 'have the name'
    : 'have an id that ends in';
  return new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `${ids.length} systems ${what} ${named}.`, {
    remedy: `Name one by its id: ${listed}${more}`,
  });
}
