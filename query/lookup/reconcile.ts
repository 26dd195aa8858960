// What a system's files say and what it is connected to, compared: what only one of the two has.
import type { Reconciliation } from '../../schemas/answer.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { AddressRange } from '../../indexer/terms/addresses.ts';
import type { Place } from './places.ts';

/** Features without which nothing can be compared. */
export const RECONCILED: readonly Feature[] = ['file', 'connection'];

/** Files that programs, packages and logs bring: what they write configures nothing. */
const NO_CONFIGURATION =
  /^\/(?:usr\/(?:share|lib|lib32|lib64|libexec|include|src)|lib|lib64|var\/(?:log|cache|backups|lib\/(?:dpkg|apt|rpm|dnf))|proc|sys|run\/log)\//;
/** `0.0.0.0/0` and `::/0` say nothing of an address. */
const EVERYTHING: ReadonlySet<string> = new Set([
  `${'0'.repeat(20)}ffff${'0'.repeat(8)}-${'0'.repeat(20)}${'f'.repeat(12)}`,
  `${'0'.repeat(32)}-${'f'.repeat(32)}`,
]);

/** Of the places of one system those that have nothing on the other side. */
export function reconciled(places: readonly Place[], wanted: Reconciliation): Place[] {
  const inFiles = places.filter(({ evidence }) => evidence.line !== undefined);
  const connected = places.filter(({ evidence }) => evidence.feature === 'connection');
  if (wanted === 'configured-not-connected') {
    const ends = new Addresses(connected);
    return inFiles.filter(
      ({ evidence, spans }) =>
        spans.length > 0 &&
        !NO_CONFIGURATION.test(evidence.path ?? '') &&
        !spans.some((span) => ends.hasWithin(span)),
    );
  }
  const written = new Addresses(inFiles);
  return connected.filter(
    ({ evidence, spans: [end] }) =>
      end !== undefined && evidence.role === 'connects-to' && !written.covers(end.low),
  );
}

/** The addresses and networks of some places. */
class Addresses {
  readonly #singles: readonly string[];
  readonly #networks: readonly AddressRange[];

  constructor(places: readonly Place[]) {
    const spans = new Map(
      places.flatMap((place) => place.spans).map((span) => [`${span.low}-${span.high}`, span]),
    );
    for (const everything of EVERYTHING) spans.delete(everything);
    const all = [...spans.values()];
    this.#singles = all.flatMap(({ low, high }) => (low === high ? [low] : [])).sort();
    this.#networks = all.filter(({ low, high }) => low !== high);
  }

  /** Whether one of the single addresses lies in a range. */
  hasWithin({ low, high }: AddressRange): boolean {
    const first = this.#singles[this.#place(low)];
    return first !== undefined && first <= high;
  }

  /** Whether an address is one of them, or lies in one of them. */
  covers(address: string): boolean {
    if (this.#singles[this.#place(address)] === address) return true;
    return this.#networks.some(({ low, high }) => low <= address && address <= high);
  }

  /** Where the first single address stands that is not before this one. */
  #place(address: string): number {
    let from = 0;
    for (let to = this.#singles.length; from < to;) {
      const middle = (from + to) >>> 1;
      if ((this.#singles[middle] ?? '') < address) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
