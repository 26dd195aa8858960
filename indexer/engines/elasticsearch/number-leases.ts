// Numbers for new entries: a writer leases a range that nobody else uses, and gives back what it did not need.
import { errors, type Client } from '@elastic/elasticsearch';
import type { Feature } from '../../../schemas/entries.ts';
import { BLOCK_SIZE } from '../blocks.ts';
import { firstBlock } from './entry-numbers.ts';
import { patiently } from './patience.ts';

/** Entries of one frame are to stand in few blocks; of a range that is lost with its process little is lost. */
const LEASED_BLOCKS = 8;

/** Numbers from the one up to but not the other. */
type Range = [from: number, to: number];

/** What is free of a feature's numbers: ranges given back, and all from `next` on. */
interface Free {
  readonly next: number;
  readonly returned: readonly Range[];
}

/** Gives numbers to entries. */
export class NumberLeases {
  readonly #client: Client;
  readonly #index: string;
  readonly #leased = new Map<Feature, Promise<Range>>();

  constructor(client: Client, index: string) {
    this.#client = client;
    this.#index = index;
  }

  /** So many numbers that no other entry has or gets. */
  async take(feature: Feature, count: number, signal: AbortSignal): Promise<number[]> {
    const numbers: number[] = [];
    while (numbers.length < count) {
      const leased = this.#leased.get(feature);
      const range = await leased;
      while (range !== undefined && range[0] < range[1] && numbers.length < count) numbers.push(range[0]++);
      // A range that is leased without our hearing of it is lost, and nothing else.
      if (numbers.length < count && this.#leased.get(feature) === leased)
        this.#leased.set(
          feature,
          patiently(signal, () => this.#lease(feature, signal)),
        );
    }
    return numbers;
  }

  /** Gives back what was not needed; tried once, because to give back twice would be to give to two. */
  async close(signal: AbortSignal): Promise<void> {
    const leased = [...this.#leased];
    this.#leased.clear();
    for (const [feature, lease] of leased) {
      const range = await lease;
      if (range[0] === range[1]) continue;
      await this.#change(feature, signal, ({ next, returned }) => ({ next, returned: [...returned, range] }));
    }
  }

  async #lease(feature: Feature, signal: AbortSignal): Promise<Range> {
    let leased: Range = [0, 0];
    await this.#change(feature, signal, ({ next, returned: [first, ...others] }) => {
      if (first !== undefined) {
        leased = first;
        return { next, returned: others };
      }
      leased = [next, next + LEASED_BLOCKS * BLOCK_SIZE];
      return { next: leased[1], returned: [] };
    });
    return leased;
  }

  /** Changes what is free, as if nobody else did at the same time. */
  async #change(feature: Feature, signal: AbortSignal, change: (free: Free) => Free): Promise<void> {
    const document = { index: this.#index, id: `numbers-${feature}` };
    const start: Free = { next: firstBlock(feature) * BLOCK_SIZE, returned: [] };
    for (;;) {
      const { found, _source, _seq_no, _primary_term } = await this.#client.get<{ free: Free }>(document, {
        signal,
        ignore: [404],
      });
      const free = change(found ? (_source?.free ?? start) : start);
      const unchanged = found
        ? { if_seq_no: _seq_no ?? 0, if_primary_term: _primary_term ?? 0 }
        : { op_type: 'create' as const };
      try {
        await this.#client.index(
          { ...document, ...unchanged, document: { kind: 'numbers', free } },
          { signal, maxRetries: 0 },
        );
        return;
      } catch (error) {
        if (!(error instanceof errors.ResponseError) || error.statusCode !== 409) throw error;
      }
    }
  }
}
