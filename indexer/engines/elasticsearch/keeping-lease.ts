// Keeps those who remove from the index and those who add to it out of each other's way.
import { setTimeout } from 'node:timers/promises';
import { errors } from '@elastic/elasticsearch';
import { requireDocumentAnswer } from './errors.ts';
import type { Store } from './store.ts';

/** Who removes says so that often that it is still there; who has not for so long is not. */
const RENEWED_MS = 10_000;
const EXPIRED_MS = 60_000;
const PAUSE_MS = 250;
const ID = 'keeping';

/** The one document about it: whether somebody removes right now. Its version changes with every removal. */
interface Lease {
  readonly busy: boolean;
  readonly version: { readonly if_seq_no: number; readonly if_primary_term: number } | null;
}

/**
 * Does what removes entries, alone. A writer looks for it when it begins and again when it is about to publish; one that
 * looked just before it began has published after the pause.
 */
export async function whileKeeping<T>(store: Store, work: () => Promise<T>): Promise<T> {
  await acquire(store);
  const renewing = setInterval(() => void write(store, true, null).catch(() => undefined), RENEWED_MS);
  try {
    await setTimeout(PAUSE_MS, undefined, { signal: store.signal });
    return await work();
  } finally {
    clearInterval(renewing);
    // A lease that cannot be given back expires.
    await write(store, false, null).catch(() => undefined);
  }
}

/** Waits until nobody removes from the index. What is remembered of it under another version may be gone. */
export async function keepingVersion(store: Store): Promise<string> {
  return JSON.stringify((await idle(store)).version);
}

/** Refuses every new state of a system from now on; those on their way are done. */
export async function forbidWriting({ client, names, signal }: Store): Promise<void> {
  await client.indices.addBlock({ index: names.systems, block: 'write' }, { signal });
}

/** Undoes it. */
export async function allowWriting({ client, names }: Store): Promise<void> {
  await client.indices.putSettings({ index: names.systems, settings: { 'index.blocks.write': null } });
}

async function acquire(store: Store): Promise<void> {
  for (;;) {
    const lease = await idle(store);
    try {
      await write(store, true, lease);
      return;
    } catch (error) {
      if (!(error instanceof errors.ResponseError) || error.statusCode !== 409) throw error;
    }
  }
}

/** The lease once nobody has it; of one who is gone it is taken. */
async function idle(store: Store): Promise<Lease> {
  let seen = '';
  let since = Date.now();
  for (;;) {
    const lease = await read(store);
    if (!lease.busy) return lease;
    const version = JSON.stringify(lease.version);
    if (version !== seen) [seen, since] = [version, Date.now()];
    else if (Date.now() - since > EXPIRED_MS) await take(store, lease).catch(() => undefined);
    await setTimeout(PAUSE_MS, undefined, { signal: store.signal });
  }
}

/** Takes the lease of one who is gone, and undoes what that one may have left forbidden (rebuild.ts). */
async function take(store: Store, lease: Lease): Promise<void> {
  await allowWriting(store);
  await write(store, false, lease);
}

async function read(store: Store): Promise<Lease> {
  const request = { index: store.names.frames, id: ID };
  const answer = await store.patiently(() =>
    store.client.get<{ busy: boolean }>(request, { signal: store.signal, ignore: [404] }),
  );
  requireDocumentAnswer(answer);
  const { found, _source, _seq_no, _primary_term } = answer;
  if (!found) return { busy: false, version: null };
  const version = { if_seq_no: _seq_no ?? 0, if_primary_term: _primary_term ?? 0 };
  return { busy: _source?.busy ?? false, version };
}

/** Writes the lease; where one is given, if it is still that one. */
async function write(store: Store, busy: boolean, before: Lease | null): Promise<void> {
  const unchanged = before === null ? {} : (before.version ?? { op_type: 'create' as const });
  const document = { kind: 'keeping', busy };
  await store.client.index({ index: store.names.frames, id: ID, ...unchanged, document }, { maxRetries: 0 });
}
