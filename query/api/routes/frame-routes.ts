// POST /v1/frames: frames of crawlers on other machines.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { IngestAnswer } from '../../../schemas/api.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { goneSignal, describedAnswers, type Api } from '../api.ts';
import type { Ingest } from '../asking.ts';

/** Media type of frames. No form of a foreign page can send it. */
const FRAMES_TYPE = 'application/x-ndjson';

/** What taking frames needs. */
export interface IngestOptions {
  readonly ingest: Ingest;
  /** Folder on the file system of the index, or null for the system's temporary folder. */
  readonly folder: string | null;
  /** Bytes of one request. */
  readonly maxBytes: number;
}

/** Requests that are received or indexed at a time; their frames are indexed one after the other. */
const MAX_REQUESTS = 4;

/** Adds the route. A body is on the disk before the index is touched: a slow client holds nobody up. */
export function addFrameRoutes(api: Api, { ingest, folder, maxBytes }: IngestOptions): void {
  let requests = 0;
  api.addContentTypeParser(FRAMES_TYPE, (_request, payload, done) => done(null, payload));
  api.post(
    '/v1/frames',
    {
      config: { scope: 'ingest' },
      bodyLimit: maxBytes,
      schema: {
        operationId: 'ingest',
        summary: 'Index frames: NDJSON as `unfold crawl --frames -` writes it',
        tags: ['frames'],
        consumes: [FRAMES_TYPE],
        body: z.any().describe('One or more frames.'),
        response: describedAnswers(IngestAnswer),
      },
    },
    async (request, reply) => {
      if (requests >= MAX_REQUESTS)
        throw new UnfoldError('UNFOLD_OVERLOADED', `${requests} requests with frames are under way.`);
      requests += 1;
      const place = await mkdtemp(join(folder ?? tmpdir(), 'unfold-frames-'));
      try {
        const signal = goneSignal(reply);
        const file = join(place, 'frames.ndjson');
        await pipeline(request.body as Readable, atMost(maxBytes), createWriteStream(file, { mode: 0o600 }), {
          signal,
        });
        const answer = await ingest(file, signal);
        request.audited = { what: `frames: ${answer.frames.length}`, at: null };
        return await reply.send(answer);
      } finally {
        requests -= 1;
        await rm(place, { recursive: true, force: true });
      }
    },
  );
}

/** Lets so many bytes through. Fastify's own limit holds for what it parses itself. */
function atMost(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= maxBytes) done(null, chunk);
      else done(new UnfoldError('UNFOLD_REQUEST_TOO_LARGE', `The body is longer than ${maxBytes} bytes.`));
    },
  });
}
