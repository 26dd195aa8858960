// A fact → the evidence that a lookup lists: one piece per line and address, name or port that is written there.
import type { Evidence, Relation, Role, Socket } from '../../schemas/answer.ts';
import type { ConnectionEntry, ProcessEntry } from '../../schemas/entries.ts';
import type { AddressRange } from '../../indexer/terms/addresses.ts';
import { endpoint, entryText } from '../../indexer/terms/entry-terms.ts';
import type { MatchedFact } from '../../indexer/engines/search-engine.ts';
import { entrySnippet, placeOf, roleOf, validityOf } from '../evidence.ts';
import type { Term } from './term.ts';
import { SearchedText, wordOf, type WrittenInLine } from './written.ts';

/** A piece of evidence; `spans`: what the address in it spans, or the addresses that a name in it stands for. */
export interface Place {
  readonly evidence: Evidence & { relation: Relation; role: Role };
  readonly spans: readonly AddressRange[];
}

/** Reads facts. A text that many systems have is read once. */
export class PlaceReader {
  readonly #texts = new Map<string, SearchedText>();

  /** Every place of a fact where a term is written: in the entry itself, then by line of its text. */
  places(fact: MatchedFact, term: Term): Place[] {
    const { text } = fact;
    const inText = text === null ? [] : this.text(text).inLines(term);
    return [...this.#entryPlaces(fact, term), ...inText.map((written) => textPlace(fact, written))];
  }

  /** A text as it is searched. */
  text(text: string): SearchedText {
    let searched = this.#texts.get(text);
    if (searched === undefined) this.#texts.set(text, (searched = new SearchedText(text)));
    return searched;
  }

  /** What is written alike in an entry counts once for each role. */
  #entryPlaces(fact: MatchedFact, term: Term): Place[] {
    const own = entryText(fact.feature, fact.key, fact.entry);
    const places = this.text(own)
      .places(term)
      .map((written) => ({ ...written, role: roleOf(fact, written.range[0]) }));
    const groups = Map.groupBy(places, ({ said, role }) => `${role} ${wordOf(said)}`);
    return [...groups.values()].flatMap((alike): Place[] => {
      const [first] = alike;
      if (first === undefined) return [];
      const { said, role, spans } = first;
      const ranges = alike.map(({ range }) => range);
      const shown = placeOf(fact, entrySnippet(fact, own, ranges));
      return [{ evidence: { ...shown, ...said, role, ...holderOf(fact), ...validityOf(fact) }, spans }];
    });
  }
}

function textPlace(fact: MatchedFact, { said, spans, line, shown }: WrittenInLine): Place {
  const place = placeOf(fact, { ...shown, line });
  return { evidence: { ...place, ...said, role: 'references', ...validityOf(fact) }, spans };
}

/** The process or the socket that an entry is. */
function holderOf({ feature, entry }: MatchedFact): Pick<Evidence, 'process' | 'socket'> {
  if (feature === 'process') {
    const { pid, name } = entry as ProcessEntry;
    return { process: { pid, name } };
  }
  if (feature !== 'connection') return {};
  const connection = entry as ConnectionEntry;
  const { pid, name } = connection.process ?? {};
  return {
    ...(pid === undefined || name === undefined ? {} : { process: { pid, name } }),
    socket: socketOf(connection),
  };
}

function socketOf({ transport, state, local, remote, path }: ConnectionEntry): Socket {
  return {
    transport,
    state,
    ...(local === undefined ? {} : { local: endpoint(local) }),
    ...(remote === undefined ? {} : { remote: endpoint(remote) }),
    ...(path === undefined ? {} : { path }),
  };
}
