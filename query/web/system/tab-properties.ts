// What the tabs of a system are given.
import type { SystemAnswer } from '../../../schemas/api.ts';
import type { Log } from '../../../schemas/comparison.ts';

/** What the tabs show. */
export interface TabProperties {
  readonly known: SystemAnswer;
  /** As the address has it: empty for now. */
  readonly at: string;
  readonly log: Log | null;
}
