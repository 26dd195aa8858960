// Delivers an event to a webhook: signed, bounded in time, never to where a receiver redirects to.
import { createHmac } from 'node:crypto';
import type { Webhook } from '../../schemas/saved-search.ts';

/** Headers of a delivery. The signature is HMAC-SHA256 over `TIMESTAMP.BODY`, in hex. */
const TIMESTAMP_HEADER = 'unfold-timestamp';
const SIGNATURE_HEADER = 'unfold-signature';

const TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
/** A receiver may ask for so much patience. */
const LONGEST_WISH_MS = 3_600_000;

/** What came of a delivery. `again`: in a while it may work; `reason` holds neither secret nor path of the receiver. */
export type Outcome =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'again'; readonly reason: string; readonly wishedMs: number | null };

/** Posts an event once. `userAgent` says who does. */
export async function post(
  { url, secret }: Webhook,
  { id, body }: { readonly id: string; readonly body: string },
  { userAgent, signal }: { readonly userAgent: string; readonly signal: AbortSignal },
): Promise<Outcome> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signed =
    secret === null ? {} : { [SIGNATURE_HEADER]: `sha256=${signature(secret, timestamp, body)}` };
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': userAgent,
        'idempotency-key': id,
        [TIMESTAMP_HEADER]: timestamp,
        ...signed,
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return outcomeOf(response);
  } catch (error) {
    signal.throwIfAborted();
    return { outcome: 'again', reason: networkReason(error), wishedMs: null };
  }
}

/** The signature of a body, as a receiver computes it. */
export function signature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

/** Milliseconds until the next attempt: twice as long each time, up to five minutes, and never all at once. */
export function pauseAfter(
  attempts: number,
  wishedMs: number | null,
  random: () => number = Math.random,
): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 30));
  return Math.max(longest / 2 + (random() * longest) / 2, Math.min(wishedMs ?? 0, LONGEST_WISH_MS));
}

function outcomeOf({ status, ok, headers }: Response): Outcome {
  if (ok) return { outcome: 'delivered' };
  const reason = `it answered ${status}`;
  if (status !== 429 && status < 500) return { outcome: 'refused', reason };
  return { outcome: 'again', reason, wishedMs: wishOf(headers.get('retry-after')) };
}

/** Seconds or a date. */
function wishOf(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** `ECONNREFUSED`, or what else is known without the address. */
function networkReason(error: unknown): string {
  const { name, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (name === 'TimeoutError') return `it did not answer within ${TIMEOUT_MS / 1000} s`;
  return code ?? 'it cannot be reached';
}
