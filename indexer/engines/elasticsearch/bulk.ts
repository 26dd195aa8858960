// Writes many documents: in requests of a few megabytes, a few at a time, each document until it is written.
import type { Client, estypes } from '@elastic/elasticsearch';
import type { UnfoldError } from '../../../schemas/error.ts';
import { refusal } from './errors.ts';
import { isPassingStatus, Patience, patiently } from './patience.ts';

const REQUEST_BYTES = 5_000_000;
const REQUEST_OPERATIONS = 5000;
const AT_A_TIME = 2;
const BLOCKED = 'cluster_block_exception';

/** One document to write. `create` leaves alone what is there; `update` sets the properties it names. */
export interface Operation {
  readonly does: 'create' | 'index' | 'update' | 'delete';
  /** The name of an index that is there: templates forbid that writing makes one. */
  readonly index: string;
  readonly id: string;
  readonly document?: unknown;
}

/** What became of it: `there` was a document to create, `gone` one to update or delete. */
export type Outcome = 'written' | 'there' | 'gone';

interface Prepared {
  readonly place: number;
  readonly lines: readonly string[];
  readonly bytes: number;
}

/** Writes documents, in no order. Rejects where one is refused for good; what was written before stays. */
export async function writeAll(
  client: Client,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(operations.length).fill('written');
  const requests = split(operations.map(prepared));
  const workers = Array.from({ length: AT_A_TIME }, async () => {
    for (let request = requests.next(); !request.done; request = requests.next())
      await write(client, request.value, outcomes, signal);
  });
  await Promise.all(workers);
  return outcomes;
}

function prepared({ does, index, id, document }: Operation, place: number): Prepared {
  const head = JSON.stringify({ [does]: { _index: index, _id: id } });
  if (does === 'delete') return { place, lines: [head], bytes: head.length };
  const body = JSON.stringify(does === 'update' ? { doc: document } : document);
  return { place, lines: [head, body], bytes: head.length + body.length };
}

function* split(operations: readonly Prepared[]): Generator<Prepared[]> {
  let request: Prepared[] = [];
  let bytes = 0;
  for (const operation of operations) {
    if (request.length === REQUEST_OPERATIONS || (bytes > 0 && bytes + operation.bytes > REQUEST_BYTES)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(operation);
    bytes += operation.bytes;
  }
  if (request.length > 0) yield request;
}

async function write(
  client: Client,
  request: readonly Prepared[],
  outcomes: Outcome[],
  signal: AbortSignal,
): Promise<void> {
  const patience = new Patience(signal);
  let waiting = request;
  for (;;) {
    const operations = waiting.flatMap(({ lines }) => lines);
    const { items, errors } = await patiently(signal, () => client.bulk({ operations }, { signal }));
    const refused = waiting.filter(({ place }, position) => {
      const item = resultOf(items[position]);
      const outcome = outcomeOf(item);
      outcomes[place] = outcome ?? 'written';
      return outcome === null;
    });
    if (!errors || refused.length === 0) return;
    if (!(await patience.wait()))
      throw refusedItem(items.map(resultOf).find((item) => outcomeOf(item) === null));
    waiting = refused;
  }
}

function resultOf(
  item: Partial<Record<string, estypes.BulkResponseItem>> | undefined,
): estypes.BulkResponseItem | undefined {
  return item === undefined ? undefined : Object.values(item)[0];
}

/** Null for a document to be sent again; throws for one that is refused for good. */
function outcomeOf(item: estypes.BulkResponseItem | undefined): Outcome | null {
  if (item === undefined) return null;
  // A full disk passes when somebody has made room: better to say so than to wait.
  if (isPassingStatus(item.status) && item.error?.type !== BLOCKED) return null;
  if (item.status < 300) return 'written';
  if (item.error?.type === 'version_conflict_engine_exception') return 'there';
  if (item.status === 404 && item.error?.type !== 'index_not_found_exception') return 'gone';
  throw refusedItem(item);
}

function refusedItem(item: estypes.BulkResponseItem | undefined): UnfoldError {
  const { type = 'error', reason = null } = item?.error ?? {};
  return refusal(item?.status ?? 0, type, `${item?._index ?? 'an index'}: ${reason ?? 'no reason given'}`);
}
