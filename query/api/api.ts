// What every route of the API works with, and how it answers.
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { ApiProblem } from '../../schemas/api.ts';
import type { AnswerBody, Asking, Question, SeenLabels } from './asking.ts';
import { PROBLEM_TYPE } from './problems.ts';

/** The server, with parameters checked by zod. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What somebody asked, for the audit log. */
export interface Audited {
  readonly what: string;
  readonly at: string | null;
  /** Systems in the answer. */
  systems?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by routes that tell what is on systems. */
    audited: Audited | null;
  }
}

/** How the answers of a route are described. Routes send text that is made already, so its type is not that of the schema. */
export function describedAnswers(answer: z.ZodType | DescribedContent): Record<string, unknown> {
  const problem = {
    description: 'A problem (RFC 9457)',
    content: { [PROBLEM_TYPE]: { schema: ApiProblem } },
  };
  return { 200: answer, '4xx': problem, '5xx': problem };
}

/** An answer that comes in several media types, or not as JSON. */
interface DescribedContent {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

/** Aborted once nobody waits for the answer any more. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new Error('the client went away'));
  });
  return controller.signal;
}

/** What who asks may see: nothing before it is known who that is. */
export function seenBy({ identity }: FastifyRequest): SeenLabels {
  if (identity === null) throw new Error('it is not known who asks');
  return identity.labels;
}

/** Asks, and sends the answer, or 304 to one who has it already. */
export async function sendAnswer(
  asking: Asking,
  question: Question,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await answered(asking, question, request, reply);
  if (isKnown(request, answer)) return reply.code(304).send();
  const { buffer, byteOffset, byteLength } = answer.body;
  return reply.type('application/json; charset=utf-8').send(Buffer.from(buffer, byteOffset, byteLength));
}

/** Asks; the reply says by which tag the answer is known. */
export async function answered(
  asking: Asking,
  question: Question,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<AnswerBody> {
  const answer = await asking.answer(question, seenBy(request), goneSignal(reply));
  if (request.audited !== null && answer.systems !== null) request.audited.systems = answer.systems;
  reply.header('etag', answer.etag).header('cache-control', 'private, no-cache');
  return answer;
}

/** Whether who asks has the answer already. */
export function isKnown({ headers }: FastifyRequest, { etag }: AnswerBody): boolean {
  const known = headers['if-none-match'] ?? '';
  return known.split(',').some((one) => one.trim() === etag);
}
