// The port of an index. Every engine gives the same answers; test/conformance/search-engine.ts says which.
import type { Facet } from '../../schemas/answer.ts';
import type { Entry, Feature } from '../../schemas/entries.ts';
import type { EntryLine, EntryName, FrameEnd, FrameHeader } from '../../schemas/frame.ts';
import type { SearchPlan } from '../../schemas/plan.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { SystemRef } from '../../schemas/system.ts';
import type { ExplainedLeaf } from './explanation.ts';

/** A validated line of a frame: header first, end last. Reading throws UnfoldError where the frame is cut or invalid. */
export type FrameLine =
  | { readonly header: FrameHeader }
  | { readonly line: EntryLine }
  | { readonly removed: EntryName }
  | { readonly problem: Problem }
  | { readonly end: FrameEnd };

/** What a frame changed. `outcome` is `known` for a frame already applied, `older` for one that time has overtaken. */
export interface Applied {
  readonly outcome: 'applied' | 'known' | 'older';
  readonly opened: number;
  readonly closed: number;
  readonly kept: number;
}

/** A fact that satisfied leaves of a plan. */
export interface MatchedFact {
  readonly feature: Feature;
  readonly key: string;
  /** Without the text of its content. */
  readonly entry: Entry;
  /** The content's text, where a leaf looked into it. */
  readonly text: string | null;
  /** Which leaves of the plan it satisfied, counted from 0 in the order of the tree; those under a `not` have numbers, never matches. */
  readonly leaves: readonly number[];
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** A system of the answer; `facts` best first, one per satisfied term before the rest (plan-tree.ts). */
export interface EngineHit {
  readonly system: SystemRef;
  readonly score: number;
  readonly asOf: string;
  readonly frame: 'complete' | 'partial';
  readonly facts: readonly MatchedFact[];
  readonly moreFacts: number;
  /** Where the plan asks for it: what its score is the sum of. */
  readonly explanation?: readonly ExplainedLeaf[];
}

/** Systems by score, then id. */
export interface EngineAnswer {
  readonly total: number;
  /** Systems of which their frames leave open whether they belong to the answer; they are not in it. */
  readonly unknown: number;
  readonly systems: readonly EngineHit[];
  readonly facets: readonly Facet[];
  readonly cursor: string | null;
}

/** A system as the index knows it at an instant. */
export interface SystemState {
  readonly system: SystemRef;
  /** Newest frame with entries. */
  readonly frame: {
    readonly header: FrameHeader;
    readonly end: FrameEnd;
    readonly problems: readonly Problem[];
  } | null;
  /** Newest failed crawl, if it is newer than `frame`. */
  readonly failure: { readonly at: string; readonly code: string; readonly reason: string } | null;
}

/** One fact with its validity. */
export interface Fact {
  readonly feature: Feature;
  readonly key: string;
  /** Complete; without the text of its content where the query did not ask for texts. */
  readonly entry: Entry;
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** Which facts of a system. */
export interface FactQuery {
  /**
   * `at`: what held at that instant (null: what holds). `after`, `until`: what began or ended later than the one and
   * not later than the other (null: to the end), which is all that differs between the two instants.
   */
  readonly span: { readonly at: string | null } | { readonly after: string; readonly until: string | null };
  readonly texts: boolean;
  /** One feature alone, and of it the fact of one key. */
  readonly feature?: Feature;
  readonly key?: string;
}

/** An index. Readers see the state before or after a frame, never between. Looking after it is another port: index-keeping.ts. */
export interface SearchEngine {
  /**
   * Applies a whole frame in one transaction, or nothing. Idempotent by the frame's id; who may change the index says
   * admission.ts, what stays of a header and an end whole-frame.ts. A delta ends what it says is removed, where
   * Closing.ends allows it or the header says `history`, and what it replaces; of an entry both mentioned and removed the mention counts, an entry
   * removed that does not hold is no news. `kept` counts what it left out, too. Throws UNFOLD_FRAME_FUTURE, and
   * UNFOLD_FRAME_BASE_MISSING for a delta that is not on the newest frame with entries, or after which the facts that
   * hold of a feature would not be as many as the frame counts (with those it removed and may not end, and `_end.held`):
   * index and crawler then disagree about the base.
   */
  apply(frame: AsyncIterable<FrameLine>, signal: AbortSignal): Promise<Applied>;
  /**
   * Throws UNFOLD_QUERY_TIMEOUT where it had to read texts for longer than `withinMs` (deadline.ts) to be sure: what was
   * found by then would be no answer, as what lies under a `not` may be missing.
   */
  search(plan: SearchPlan, signal: AbortSignal, withinMs?: number): Promise<EngineAnswer>;
  /** Every system known at the instant (null: now), by id. */
  systems(at: string | null, signal: AbortSignal): Promise<readonly SystemState[]>;
  /**
   * Facts of one system, by feature in catalogue order, then key in code point order (that of UTF-8 bytes), then the
   * instant they began. Throws UNFOLD_SYSTEM_UNKNOWN.
   */
  facts(system: string, query: FactQuery, signal: AbortSignal): AsyncIterable<Fact>;
  close(): Promise<void>;
}
