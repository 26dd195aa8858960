// /v1/contents/{sha256}: the text of a file, and who has it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ContentAnswer } from '../../../schemas/api.ts';
import { requireScope } from '../access.ts';
import { answered, describedAnswers, isKnown, sendAnswer, type Api } from '../api.ts';
import type { Asking, ContentQuestion } from '../asking.ts';
import { ContentParameters, ContentPath, cursorOf, instantOf } from '../parameters.ts';

/** Adds the route. */
export function addContentRoutes(api: Api, asking: Asking): void {
  api.get(
    '/v1/contents/:sha256',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'content',
        summary:
          'The text of a file as it was crawled, secrets masked; as JSON with the systems that have it',
        description:
          'Needs the scope read-content, too. The SHA-256 is that of the text: `content.sha256` of a file, else its ' +
          '`hash.sha256`. Who sees some systems only sees the texts that one of these has.',
        tags: ['systems'],
        params: ContentPath,
        querystring: ContentParameters,
        response: describedAnswers({
          description: 'The text; a part of it where Range asks for one',
          content: {
            'text/plain': { schema: z.string() },
            'application/json': { schema: ContentAnswer },
          },
        }),
      },
    },
    (request, reply) => {
      requireScope(request, 'read-content');
      const { format, limit, cursor } = request.query;
      const at = instantOf(request.query.at, 'at');
      const sha256 = request.params.sha256.toLowerCase();
      request.audited = { what: `content ${sha256}`, at };
      const question: ContentQuestion = {
        ask: 'content',
        sha256,
        format,
        at,
        limit,
        cursor: cursorOf(cursor),
      };
      return format === 'json'
        ? sendAnswer(asking, question, request, reply)
        : sendText(asking, question, request, reply);
    },
  );
}

/** Sends the text, or the part that Range asks for. A range that means nothing here is as none (RFC 9110). */
async function sendText(
  asking: Asking,
  question: ContentQuestion,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await answered(asking, question, request, reply);
  if (isKnown(request, answer)) return reply.code(304).send();
  const { buffer, byteOffset, byteLength } = answer.body;
  const whole = Buffer.from(buffer, byteOffset, byteLength);
  reply.type('text/plain; charset=utf-8').header('accept-ranges', 'bytes');
  const { range, 'if-range': condition = answer.etag } = request.headers;
  const part = condition === answer.etag ? partOf(range, whole.length) : null;
  if (part === null) return reply.send(whole);
  const [first, last] = part;
  return reply
    .code(206)
    .header('content-range', `bytes ${first}-${last}/${whole.length}`)
    .send(whole.subarray(first, last + 1));
}

/** First and last byte of `bytes=0-99`, `bytes=100-` or `bytes=-50`; null where there are none. */
function partOf(range: string | undefined, length: number): [first: number, last: number] | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  if (from === '' && to === '') return null;
  const first = from === '' ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1);
  return first <= last ? [first, last] : null;
}
