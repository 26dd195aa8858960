// Waits for signs that containers began or ended: changes in folders of their engines, and what engines tell of events.
import { watch } from 'node:fs';
import { request } from 'node:http';
import type { Signs } from '../sources/source.ts';

/** An engine that does not answer, or restarts, is asked again after as long. */
const AGAIN_MS = 10_000;
const EVENTS = `/events?filters=${encodeURIComponent(
  JSON.stringify({ type: ['container'], event: ['start', 'die', 'destroy'] }),
)}`;

/**
 * Calls back whenever there may be news, until the signal is aborted; maybe often, and for nothing. What cannot be watched
 * now gives no sign, so that one has to look now and then all the same.
 */
export function heed(signs: Signs, news: () => void, signal: AbortSignal): void {
  for (const folder of signs.folders) heedFolder(folder, news, signal);
  for (const socket of signs.sockets) heedSocket(socket, news, signal);
}

function heedFolder(folder: string, news: () => void, signal: AbortSignal): void {
  const again = (): void => later(() => heedFolder(folder, news, signal), signal);
  try {
    watch(folder, { signal }, news).on('error', again);
  } catch {
    again();
  }
}

/** What an engine tells is not looked into: what there is say its files. */
function heedSocket(socketPath: string, news: () => void, signal: AbortSignal): void {
  const again = (): void => later(() => heedSocket(socketPath, news, signal), signal);
  request({ socketPath, path: EVENTS, signal }, (response) => {
    if (response.statusCode !== 200) response.resume();
    else response.on('data', news);
    response.on('error', () => undefined).on('close', again);
    news();
  })
    .on('error', again)
    .end();
}

function later(act: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const timer = setTimeout(() => {
    signal.removeEventListener('abort', ended);
    act();
  }, AGAIN_MS);
  const ended = (): void => clearTimeout(timer);
  signal.addEventListener('abort', ended, { once: true });
}
