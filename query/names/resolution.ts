// Names ↔ addresses, as the systems themselves tell: their hosts files, their own names and what their interfaces own.
import type { Via } from '../../schemas/answer.ts';
import type { Entry, FileEntry, InterfaceEntry, OsEntry } from '../../schemas/entries.ts';
import type { SystemRef } from '../../schemas/system.ts';
import { addressesIn, parseAddress } from '../../indexer/terms/addresses.ts';
import { foldCase } from '../../indexer/terms/words.ts';
import type { Fact, MatchedFact } from '../../indexer/engines/search-engine.ts';
import type { AskableIndex } from '../restricted.ts';
import type { PlaceReader } from '../lookup/places.ts';
import type { Term } from '../lookup/term.ts';
import type { Period, TermHit } from '../lookup/term-search.ts';
import { isHostsFile, isOfOneMachine, OWN_LINE, parseHostsLine } from './hosts-file.ts';
import { parseHostName } from './host-name.ts';

type NameTerm = Extract<Term, { kind: 'name' }>;
type AddressTerm = Extract<Term, { kind: 'address' }>;

/** What a term leads to, and who says so. */
export interface Link {
  readonly term: NameTerm | AddressTerm;
  readonly via: Via;
}

/** Names of a term, and addresses of a name, that are followed; and systems whose own names and addresses are asked for. */
export const MOST_LINKS = 100;

/** Bridges of a machine's own have the same addresses on many. */
const LOCAL_INTERFACE = /^(?:lo|docker|br-|virbr|cni|podman|lxcbr|lxdbr|incusbr|veth|flannel|cbr)/;

/** Links of one lookup. Each term's first MOST_LINKS, those of systems whose ids come first. */
export class Resolution {
  readonly #engine: AskableIndex;
  readonly #reader: PlaceReader;
  readonly #period: Period;
  readonly #signal: AbortSignal;
  readonly #systems: ReadonlyMap<string, readonly SystemRef[]>;
  /** Whether a term had more links. */
  isCut = false;

  constructor(
    engine: AskableIndex,
    systems: readonly SystemRef[],
    options: { reader: PlaceReader; period: Period; signal: AbortSignal },
  ) {
    this.#engine = engine;
    this.#reader = options.reader;
    this.#period = options.period;
    this.#signal = options.signal;
    this.#systems = Map.groupBy(systems, ({ name }) => foldCase(name));
  }

  /** The addresses of a name that was searched for. */
  async addressesOf(term: NameTerm, hits: readonly TermHit[]): Promise<readonly Link[]> {
    const links = new Links();
    const named = new Map((this.#systems.get(term.name) ?? []).map((system) => [system.id, system]));
    for (const { system, facts } of hits) {
      for (const fact of facts) {
        if (isNamed(fact, term.name)) named.set(system.id, system);
        for (const { line, low, address } of this.#hostsLines(fact, term)) {
          if (low === OWN_LINE) named.set(system.id, system);
          if (isOfOneMachine(low)) links.add(addressLink(term, address, { system: system.id, ...line }));
        }
      }
    }
    for (const system of this.#first([...named.values()]))
      for (const address of await this.#ownAddresses(system))
        links.add(addressLink(term, address, { system: system.id }));
    return this.#first(links.all());
  }

  /** The names of the addresses in a range that was searched for. */
  async namesOf(term: AddressTerm, hits: readonly TermHit[]): Promise<readonly Link[]> {
    const links = new Links();
    const owners = new Map<string, { system: SystemRef; address: string }>();
    for (const { system, facts } of hits) {
      for (const fact of facts) {
        for (const { line, low, address, names } of this.#hostsLines(fact, term))
          if (isOfOneMachine(low))
            for (const name of names)
              links.add(nameLink(term, { name, address, system: system.id, ...line }));
        const [address] = ownedAddresses(fact.feature, fact.entry).filter((one) => isWithin(one, term));
        if (address !== undefined) owners.set(system.id, { system, address });
      }
    }
    for (const { system, address } of this.#first([...owners.values()]))
      for (const name of await this.#ownNames(system))
        links.add(nameLink(term, { name, address, system: system.id }));
    return this.#first(links.all());
  }

  #first<T>(all: readonly T[]): readonly T[] {
    if (all.length > MOST_LINKS) this.isCut = true;
    return all.slice(0, MOST_LINKS);
  }

  /** Lines of hosts files in which the term is written, by place. */
  *#hostsLines({ feature, entry, text }: MatchedFact, term: NameTerm | AddressTerm) {
    if (feature !== 'file' || text === null) return;
    const { path } = entry as FileEntry;
    if (!isHostsFile(path)) return;
    const searched = this.#reader.text(text);
    for (const { line } of searched.inLines({ ...term, port: null })) {
      const said = parseHostsLine(searched.line(line));
      if (said === null || !isSaidOf(said, term)) continue;
      yield { ...said, line: { path, line } };
    }
  }

  async #ownAddresses({ id, container }: SystemRef): Promise<Set<string>> {
    const addresses = new Set(container?.ip ?? []);
    for await (const { feature, entry } of this.#facts(id, 'interface'))
      for (const address of ownedAddresses(feature, entry)) addresses.add(address);
    return addresses;
  }

  async #ownNames({ id, name }: SystemRef): Promise<Set<string>> {
    const names = new Set<string>();
    const add = (text: string | undefined) => {
      const parsed = text === undefined ? null : parseHostName(text);
      if (parsed !== null && parsed !== 'localhost') names.add(parsed);
    };
    add(name);
    for await (const { entry } of this.#facts(id, 'os')) add((entry as OsEntry).hostname);
    for await (const { entry } of this.#facts(id, 'file', '/etc/hosts')) {
      const lines = (entry as FileEntry).content?.text.split('\n') ?? [];
      const own = lines.map(parseHostsLine).filter((line) => line?.low === OWN_LINE);
      for (const line of own) line?.names.forEach(add);
    }
    return names;
  }

  /** Facts of a system that held at any time of the period. */
  async *#facts(system: string, feature: Fact['feature'], key?: string): AsyncGenerator<Fact> {
    const { at, since } = this.#period;
    const query = { texts: feature === 'file', feature, ...(key === undefined ? {} : { key }) };
    yield* this.#engine.facts(system, { ...query, span: { at } }, this.#signal);
    if (since !== null)
      yield* this.#engine.facts(system, { ...query, span: { after: since, until: at } }, this.#signal);
  }
}

/** Links by what they lead to: the first that says so stands for all. */
class Links {
  readonly #links = new Map<string, Link>();

  add(link: Link | null): void {
    if (link === null) return;
    const { term } = link;
    const key = term.kind === 'name' ? term.name : term.range.low;
    if (!this.#links.has(key)) this.#links.set(key, link);
  }

  all(): Link[] {
    return [...this.#links.values()];
  }
}

function addressLink(
  { name, port }: NameTerm,
  address: string,
  said: Omit<Via, 'name' | 'address'>,
): Link | null {
  const range = parseAddress(address);
  return range === null ? null : { term: { kind: 'address', range, port }, via: { name, address, ...said } };
}

function nameLink({ port }: AddressTerm, via: Via): Link {
  return { term: { kind: 'name', name: via.name, port }, via };
}

function isSaidOf(
  { low, names }: { low: string; names: readonly string[] },
  term: NameTerm | AddressTerm,
): boolean {
  return term.kind === 'name' ? names.includes(term.name) : low >= term.range.low && low <= term.range.high;
}

function isWithin(address: string, { range }: AddressTerm): boolean {
  const low = parseAddress(address)?.low ?? '';
  return low >= range.low && low <= range.high;
}

function isNamed({ feature, entry }: MatchedFact, name: string): boolean {
  return feature === 'os' && parseHostName((entry as OsEntry).hostname ?? '') === name;
}

/** The addresses, without their networks, by which others may know an interface's machine. */
function ownedAddresses(feature: Fact['feature'], entry: Entry): string[] {
  if (feature !== 'interface') return [];
  const { name, ip } = entry as InterfaceEntry;
  if (LOCAL_INTERFACE.test(name)) return [];
  return ip.flatMap((written) => {
    const single = addressesIn(written).find(({ low, high }) => low === high && isOfOneMachine(low));
    return single === undefined ? [] : [single.text];
  });
}
