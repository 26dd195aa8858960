// What the server and the threads that answer say to each other.
import { ERROR_CODES, UnfoldError, type ErrorCode, type ErrorPlace } from '../../schemas/error.ts';
import type { AnswerBody, Question, SeenLabels, StreamQuestion } from './asking.ts';

/** To a thread: a question, or leave to go on with a stream (`more`). */
export type ToThread = ToAnswer | 'more';

/** A question, for somebody who may see the systems with some labels. */
export type ToAnswer = ({ question: Question } | { stream: StreamQuestion }) & { labels: SeenLabels };

/** From a thread: an answer, a piece of a stream, its end, or what went wrong. */
export type FromThread =
  { answer: AnswerBody } | { chunk: Uint8Array } | { end: true } | { failure: TravellingError };

/** An error without its stack, which is of no use on the other side. */
export interface TravellingError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly place: ErrorPlace | null;
}

/** Makes an error ready to travel; one that nobody expected is UNFOLD_INTERNAL. */
export function packError(error: unknown): TravellingError {
  if (error instanceof UnfoldError) {
    const { code, message, remedy, place } = error;
    return { code, message, remedy, place };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'UNFOLD_INTERNAL', message, remedy: ERROR_CODES.UNFOLD_INTERNAL, place: null };
}

/** The error again. */
export function unpackError({ code, message, remedy, place }: TravellingError): UnfoldError {
  return new UnfoldError(code, message, { remedy, ...(place === null ? {} : { place }) });
}
