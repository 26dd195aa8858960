// What a lookup can be told to list: the values of the schema, here without loading it.
import type { MatchMode, Reconciliation, Relation, Role } from '../../schemas/answer.ts';

/** Every relation, the closest first. */
export const RELATIONS: readonly Relation[] = ['exact', 'contained', 'containing', 'overlapping'];

export const MATCH_MODES: readonly MatchMode[] = [...RELATIONS, 'any'];

export const ROLES: readonly Role[] = ['references', 'listens', 'connects-to', 'owns'];

export const RECONCILIATIONS: readonly Reconciliation[] = [
  'configured-not-connected',
  'connected-not-configured',
];
