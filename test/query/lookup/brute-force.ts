// The truth about lookups: looks at every fact of every system, without an index, and at entries by their fields.
import type { Oracle } from '../../conformance/search-engine/oracle.ts';
import {
  addressesIn,
  parseAddress,
  relationOf,
  type AddressMention,
} from '../../../indexer/terms/addresses.ts';
import { entryText } from '../../../indexer/terms/entry-terms.ts';
import type { Fact } from '../../../indexer/engines/search-engine.ts';
import type { LookupAnswer, MatchMode, Reconciliation, Relation, Role } from '../../../schemas/answer.ts';
import type { ConnectionEntry, FileEntry } from '../../../schemas/entries.ts';

export interface BruteForce {
  readonly at: string | null;
  readonly from: string | null;
  readonly match: MatchMode;
  readonly roles: readonly Role[];
  readonly reconcile: Reconciliation | null;
}

interface Hit {
  readonly fact: Fact;
  readonly line: number | null;
  readonly mention: AddressMention;
  readonly relation: Relation;
  readonly role: Role;
}

/** One line for each piece of evidence of an answer to one item, sorted. */
export function listed(answer: LookupAnswer['lookups'][number] | undefined): string[] {
  const lines = (answer?.systems ?? []).flatMap(({ system, evidence }) =>
    evidence.map(({ key, line, address, relation, role, validFrom, validTo }) =>
      [system.name, key, line ?? '', address, relation, role, validFrom, validTo ?? ''].join(' '),
    ),
  );
  return lines.sort();
}

/** The same by brute force. */
export function expected(oracle: Oracle, asked: string, wanted: BruteForce): string[] {
  const range = parseAddress(asked);
  if (range === null) throw new Error(asked);
  const lines = oracle.systems(wanted.at).flatMap(({ system, frame }) => {
    if (frame === null) return [];
    const features = frame.header.features;
    if (wanted.reconcile !== null && !(features.includes('file') && features.includes('connection')))
      return [];
    const hits = heldFacts(oracle, system.id, wanted).flatMap((fact) =>
      mentions(fact).flatMap(({ role, line, mention }): Hit[] => {
        const relation = relationOf(range, mention);
        return relation === null ? [] : [{ fact, line, mention, relation, role }];
      }),
    );
    return hits
      .filter((hit) => isUnmatched(hit, hits, wanted.reconcile))
      .filter(({ relation }) => wanted.match === 'any' || wanted.match === relation)
      .filter(({ role }) => wanted.roles.length === 0 || wanted.roles.includes(role))
      .map(({ fact: { key, validFrom, validTo }, line, mention, relation, role }) =>
        [system.name, key, line ?? '', mention.text, relation, role, validFrom, validTo ?? ''].join(' '),
      );
  });
  return [...new Set(lines)].sort();
}

function heldFacts(oracle: Oracle, id: string, { at, from }: BruteForce): Fact[] {
  const held = oracle.facts(id, { span: { at }, texts: true });
  if (from === null) return held;
  const ended = oracle
    .facts(id, { span: { after: from, until: at }, texts: true })
    .filter(({ validFrom, validTo }) =>
      at === null ? validTo !== null : validFrom <= at && validTo !== null && validTo <= at,
    );
  return [...held, ...ended];
}

function mentions(fact: Fact): Pick<Hit, 'line' | 'mention' | 'role'>[] {
  const { feature, key, entry } = fact;
  const text = (entry as FileEntry).content?.text ?? '';
  const inText = addressesIn(text).map((mention) => ({
    mention,
    line: text.slice(0, mention.start).split('\n').length,
    role: 'references' as const,
  }));
  if (feature === 'connection') {
    const { local, remote, state } = entry as ConnectionEntry;
    const own = state === 'listening' ? ('listens' as const) : ('owns' as const);
    return [
      ...addressesIn(local?.ip ?? '').map((mention) => ({ mention, line: null, role: own })),
      ...addressesIn(remote?.ip ?? '').map((mention) => ({
        mention,
        line: null,
        role: 'connects-to' as const,
      })),
    ];
  }
  const role = feature === 'interface' ? ('owns' as const) : ('references' as const);
  const inEntry = addressesIn(entryText(feature, key, entry)).map((mention) => ({
    mention,
    line: null,
    role,
  }));
  return [...inEntry, ...inText];
}

/** Of files and connections what the others do not have. */
function isUnmatched(hit: Hit, all: readonly Hit[], reconcile: Reconciliation | null): boolean {
  if (reconcile === null) return true;
  const isInFile = (one: Hit) => one.fact.feature === 'file' && one.line !== null;
  const isWithin = (inner: Hit, outer: Hit) =>
    inner.mention.low >= outer.mention.low && inner.mention.high <= outer.mention.high;
  if (reconcile === 'configured-not-connected')
    return (
      isInFile(hit) &&
      !hit.fact.key.startsWith('/usr/share/') &&
      !all.some((one) => one.fact.feature === 'connection' && isWithin(one, hit))
    );
  return (
    hit.role === 'connects-to' &&
    !all.some(
      (one) => isInFile(one) && isWithin(hit, one) && !['0.0.0.0/0', '::/0'].includes(one.mention.text),
    )
  );
}
