// Where a term is written in a text, and how what is written relates to it.
import type { Evidence, Relation } from '../../schemas/answer.ts';
import {
  addressesIn,
  relationOf,
  type AddressMention,
  type AddressRange,
} from '../../indexer/terms/addresses.ts';
import { foldText } from '../../indexer/terms/fold-text.ts';
import { isWholeName } from '../names/host-name.ts';
import { Lines, type Range, type Snippet } from '../snippet.ts';
import { hasPort, portsIn } from './ports.ts';
import { termKey, type Term } from './term.ts';

/** What is written, as evidence tells it. */
export type Said = Pick<Evidence, 'address' | 'name' | 'port'> & { relation: Relation };

/** A term as a text writes it in one place. `spans`: the range of an address. */
export interface Written {
  readonly range: Range;
  readonly said: Said;
  readonly spans: readonly AddressRange[];
}

/** All places in one line that write the same. */
export interface WrittenInLine extends Omit<Written, 'range'> {
  readonly line: number;
  readonly shown: Snippet;
}

/** The address or name itself; empty for a port. */
export function wordOf({ address, name }: Said): string {
  return address ?? name ?? '';
}

/** A text that is asked about many terms: what is found in it is found once. */
export class SearchedText {
  readonly #text: string;
  readonly #lines: Lines;
  /** Single addresses by number, and all networks and ranges. */
  readonly #addresses: readonly AddressMention[];
  readonly #networks: readonly AddressMention[];
  readonly #inLines = new Map<string, readonly WrittenInLine[]>();

  constructor(text: string) {
    this.#text = text;
    this.#lines = new Lines(text);
    const mentions = addressesIn(text);
    this.#networks = mentions.filter(({ low, high }) => low !== high);
    this.#addresses = mentions
      .filter(({ low, high }) => low === high)
      .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  }

  /** The text of a line, counted from 1. */
  line(number: number): string {
    return this.#text.slice(...this.#lines.range(number));
  }

  /** Every place, in order. */
  places(term: Term): Written[] {
    switch (term.kind) {
      case 'address':
        return this.#withPort(term.port, this.#related(term.range));
      case 'name':
        return this.#withPort(term.port, this.#named(term));
      case 'port':
        return portsIn(this.#text, term.port).map(({ range }) => ({
          range,
          said: { port: term.port, relation: 'exact' },
          spans: [],
        }));
    }
  }

  /** Every line and what is written in it, in order. */
  inLines(term: Term): readonly WrittenInLine[] {
    const key = termKey(term);
    let found = this.#inLines.get(key);
    if (found === undefined) this.#inLines.set(key, (found = this.#byLine(term)));
    return found;
  }

  #byLine(term: Term): WrittenInLine[] {
    const groups = Map.groupBy(
      this.places(term),
      ({ range, said }) => `${this.#lines.at(range[0])} ${wordOf(said)}`,
    );
    return [...groups.values()].flatMap((places) => {
      const [first] = places;
      if (first === undefined) return [];
      const line = this.#lines.at(first.range[0]);
      const ranges = places.map(({ range }) => range);
      return [{ said: first.said, spans: first.spans, line, shown: this.#lines.snippet(line, ranges) }];
    });
  }

  #related(asked: AddressRange): Written[] {
    const found = [...this.#within(asked), ...this.#networks].flatMap((mention): Written[] => {
      const relation = relationOf(asked, mention);
      if (relation === null) return [];
      const { start, end, text: address, low, high } = mention;
      return [{ range: [start, end], said: { address, relation }, spans: [{ low, high }] }];
    });
    return found.sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1]);
  }

  /** Single addresses in a range. */
  *#within({ low, high }: AddressRange): Generator<AddressMention> {
    const all = this.#addresses;
    let from = 0;
    for (let to = all.length; from < to;) {
      const middle = (from + to) >>> 1;
      if ((all[middle]?.low ?? '') < low) from = middle + 1;
      else to = middle;
    }
    for (let at = from; at < all.length; at++) {
      const mention = all[at];
      if (mention === undefined || mention.low > high) return;
      yield mention;
    }
  }

  #named({ name }: Extract<Term, { kind: 'name' }>): Written[] {
    const found: Written[] = [];
    const { folded, original } = foldText(this.#text);
    for (let at = folded.indexOf(name); at !== -1; at = folded.indexOf(name, at + name.length)) {
      const end = at + name.length;
      if (!isWholeName(folded, at, end)) continue;
      const range: Range = [original(at), original(end)];
      found.push({ range, said: { name: this.#text.slice(...range), relation: 'exact' }, spans: [] });
    }
    return found;
  }

  #withPort(port: number | null, places: Written[]): Written[] {
    if (port === null || places.length === 0) return places;
    const named = portsIn(this.#text, port).filter((one) => one.named);
    return places
      .filter(({ range: [start, end] }) => {
        const line = this.#lines.range(this.#lines.at(start));
        return hasPort(this.#text, end, port, { named, line });
      })
      .map(({ range, said, spans }) => ({ range, said: { ...said, port }, spans }));
  }
}
