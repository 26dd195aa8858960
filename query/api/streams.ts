// Answers of any length, sent as they are made.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { goneSignal, seenBy } from './api.ts';
import type { Asking, StreamQuestion } from './asking.ts';

/** Asks, and sends what comes as fast as the client takes it. A failure on the way cuts the connection off. */
export async function sendStream(
  asking: Asking,
  question: StreamQuestion,
  type: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const chunks = await begun(asking.stream(question, seenBy(request), goneSignal(reply)));
  return reply
    .type(type)
    .header('cache-control', 'no-store')
    .send(Readable.from(chunks, { objectMode: false }));
}

/** The stream once its first piece is there, so that what fails at once is told as a problem. */
async function begun(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const pieces = chunks[Symbol.asyncIterator]();
  const first = await pieces.next();
  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  })();
}
