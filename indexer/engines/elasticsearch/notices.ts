// Says when Elasticsearch begins to fail, and when it is back: whoever waits shall know what for.
import type { Client } from '@elastic/elasticsearch';
import { engineError } from './errors.ts';
import { isPassing, isPassingStatus } from './patience.ts';

/** Says it once per trouble, however many requests fail meanwhile. */
export function sayTroubles(client: Client, notice: (message: string) => void): void {
  let since: number | null = null;
  client.diagnostic.on('response', (error, result) => {
    const trouble = error === null ? troubleOf(result?.body) : passing(error);
    if (trouble !== null && since === null) {
      since = Date.now();
      notice(`${trouble}; waiting`);
    } else if (error === null && trouble === null && since !== null) {
      notice(`Elasticsearch goes on after ${Math.ceil((Date.now() - since) / 1000)} s`);
      since = null;
    }
  });
}

function passing(error: Error): string | null {
  const told = isPassing(error) ? engineError(error) : null;
  return told instanceof Error ? told.message.replace(/\.$/, '') : null;
}

/** What kept operations of a bulk request from being done that may be done later. */
function troubleOf(body: unknown): string | null {
  const { errors, items } = (body ?? {}) as BulkAnswer;
  if (errors !== true) return null;
  const [first] = (items ?? [])
    .flatMap((item) => Object.values(item))
    .filter(({ status }) => isPassingStatus(status));
  return first === undefined
    ? null
    : `Elasticsearch answered ${first.status} ${first.error?.type ?? ''}: ${first.error?.reason ?? ''}`;
}

interface BulkAnswer {
  errors?: boolean;
  items?: Record<string, { status: number; error?: { type?: string; reason?: string } }>[];
}
