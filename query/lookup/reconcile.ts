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
    const isConnected = covering(connected);
    return inFiles.filter(
      ({ evidence, span }) =>
        span !== null &&
        !NO_CONFIGURATION.test(evidence.path ?? '') &&
        !isConnected((one) => isWithin(one, span)),
    );
  }
  const isConfigured = covering(inFiles);
  return connected.filter(
    ({ evidence, span }) =>
      span !== null &&
      evidence.role === 'connects-to' &&
      !isConfigured((one) => isWithin(span, one) && !EVERYTHING.has(`${one.low}-${one.high}`)),
  );
}

function covering(places: readonly Place[]): (test: (span: AddressRange) => boolean) => boolean {
  const spans = places.flatMap(({ span }) => (span === null ? [] : [span]));
  return (test) => spans.some(test);
}

function isWithin(inner: AddressRange, outer: AddressRange): boolean {
  return inner.low >= outer.low && inner.high <= outer.high;
}
