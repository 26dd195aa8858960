// Processes, sockets and interfaces side by side: by what they are, not by numbers that a restart changes.
import type { Change } from '../../schemas/comparison.ts';
import type { ConnectionEntry, Entry, Feature, InterfaceEntry, ProcessEntry } from '../../schemas/entries.ts';
import type { Fact } from '../../indexer/engines/search-engine.ts';
import type { Pair } from './pairs.ts';

/** What makes things of a feature alike (`is`), and what of them may differ (`has`), by name. */
interface Likeness {
  readonly is: string;
  readonly has: Readonly<Record<string, unknown>>;
}

const LIKENESSES: Readonly<Partial<Record<Feature, (entry: Entry) => Likeness>>> = {
  process: (entry) => {
    const { name, args, command_line: line, user, executable } = entry as ProcessEntry;
    const is = [name, ...(args.length > 0 ? args : [line])].join('\0');
    return { is, has: { user: user?.name ?? user?.id, executable } };
  },
  connection: (entry) => connectionLikeness(entry as ConnectionEntry),
  interface: (entry) => {
    const { name, mac, ip } = entry as InterfaceEntry;
    return { is: name, has: { mac, ip: [...ip].sort() } };
  },
};

/** Linux gives the ports from here on to whoever asks for any. */
const FIRST_EPHEMERAL_PORT = 32_768;

function connectionLikeness({ state, process, ...ends }: ConnectionEntry): Likeness {
  const { transport, local, remote, path } = ends;
  if (state === 'listening')
    return { is: [transport, endpoint(local, false), path].join(' '), has: { process: process?.name } };
  const [own, other] = givenPorts(ends);
  const is = ['with', transport, process?.name, endpoint(local, own), endpoint(remote, other), path];
  return { is: is.join(' '), has: {} };
}

/** Of the local and the remote port whether it was given for the time of the connection: no part of what that is. */
function givenPorts({ local, remote }: Pick<ConnectionEntry, 'local' | 'remote'>): [boolean, boolean] {
  const [own, other] = [local?.port ?? 0, remote?.port];
  return other === undefined ? [own >= FIRST_EPHEMERAL_PORT, false] : [own > other, other > own];
}

function endpoint(end: ConnectionEntry['local'], isGiven: boolean): string {
  return end === undefined ? '' : `${end.ip} ${isGiven ? '*' : end.port}`;
}

/** Whether things of a feature are told apart by what they are, and not by their keys. */
export function isByLikeness(feature: Feature): boolean {
  return LIKENESSES[feature] !== undefined;
}

/** Things that are alike in every respect: how many more the one end has, `to` or (negative) `from`. */
interface Surplus {
  surplus: number;
  readonly has: Likeness['has'];
  readonly fact: Fact;
  readonly at: string | null;
}

/** What is alike cancels out. The rest is in memory: what lives in a system at two moments, and differs. */
class Balance {
  readonly #kinds = new Map<string, Map<string, Surplus>>();

  add({ is, has }: Likeness, fact: Fact, side: -1 | 1, at: string | null): void {
    const kind = this.#kinds.get(is) ?? new Map<string, Surplus>();
    this.#kinds.set(is, kind);
    const name = JSON.stringify(has);
    const known = kind.get(name) ?? { surplus: 0, has, fact, at };
    const surplus = known.surplus + side;
    if (surplus === 0) kind.delete(name);
    else kind.set(name, Math.sign(surplus) === side ? { surplus, has, fact, at } : { ...known, surplus });
    if (kind.size === 0) this.#kinds.delete(is);
  }

  /** What is left of each kind, in the order of what they are. */
  *rest(): Generator<Surplus[]> {
    for (const is of [...this.#kinds.keys()].sort()) yield [...(this.#kinds.get(is)?.values() ?? [])];
  }
}

/** A connection that is being made or ended will be another, or gone, in a moment. */
function isPassing({ feature, entry }: Fact): boolean {
  return feature === 'connection' && ['opening', 'closing'].includes((entry as ConnectionEntry).state);
}

/** The changes of a feature whose things are told apart by what they are; `minor`: what passes in a moment counts, too. */
export async function* changesByLikeness(
  feature: Feature,
  found: AsyncIterable<Pair>,
  minor: boolean,
): AsyncGenerator<Change> {
  const likeness = LIKENESSES[feature];
  if (likeness === undefined) return;
  const balance = new Balance();
  for await (const { from, to, at } of found) {
    for (const [fact, side] of [[from, -1] as const, [to, 1] as const])
      if (fact !== null && (minor || !isPassing(fact))) balance.add(likeness(fact.entry), fact, side, at);
  }
  for (const kind of balance.rest()) {
    const [gone, come] = [
      kind.filter(({ surplus }) => surplus < 0),
      kind.filter(({ surplus }) => surplus > 0),
    ];
    yield* inPlaceOfEachOther(gone, come);
    for (const one of gone) if (one.surplus !== 0) yield change('removed', one, { from: one });
    for (const one of come) if (one.surplus !== 0) yield change('added', one, { to: one });
  }
}

/** What went and what came of one kind changed, as many as there are of both. */
function* inPlaceOfEachOther(gone: readonly Surplus[], come: readonly Surplus[]): Generator<Change> {
  for (const from of gone) {
    for (const to of come) {
      const times = Math.min(-from.surplus, to.surplus);
      if (times === 0) continue;
      yield {
        ...change('changed', { ...to, surplus: times }, { from, to }),
        fields: differing(from.has, to.has),
      };
      from.surplus += times;
      to.surplus -= times;
    }
  }
}

function differing(a: Likeness['has'], b: Likeness['has']): string[] {
  return Object.keys(a).filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

function change(
  kind: Change['change'],
  { fact: { feature, key }, at, surplus }: Surplus,
  { from, to }: { from?: Surplus; to?: Surplus },
): Change {
  const times = Math.abs(surplus);
  return {
    feature,
    key,
    change: kind,
    from: from === undefined ? null : { ...from.fact.entry },
    to: to === undefined ? null : { ...to.fact.entry },
    fields: [],
    ...(at === null ? {} : { at }),
    ...(times > 1 ? { times } : {}),
  };
}
