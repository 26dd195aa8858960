// Errors → problems by RFC 9457, with the code and the remedy that every other way of asking gives.
import { STATUS_CODES } from 'node:http';
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ApiProblem } from '../../schemas/api.ts';
import { UnfoldError, type ErrorCode } from '../../schemas/error.ts';

/** Media type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json';

/** Codes that are no defect of the server. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  UNFOLD_USAGE: 400,
  UNFOLD_QUERY_INVALID: 400,
  UNFOLD_QUERY_TOO_LONG: 400,
  UNFOLD_REQUEST_INVALID: 400,
  UNFOLD_SYSTEM_UNKNOWN: 404,
  UNFOLD_CONTENT_UNKNOWN: 404,
  UNFOLD_SAVED_UNKNOWN: 404,
  UNFOLD_ROUTE_UNKNOWN: 404,
  UNFOLD_REQUEST_TOO_LARGE: 413,
  UNFOLD_REQUEST_TYPE: 415,
  UNFOLD_ORIGIN_REFUSED: 403,
  UNFOLD_TOKEN_MISSING: 401,
  UNFOLD_SCOPE_MISSING: 403,
  UNFOLD_RATE_LIMITED: 429,
  UNFOLD_OVERLOADED: 503,
  UNFOLD_QUERY_TIMEOUT: 503,
  UNFOLD_DATA_MISSING: 503,
  UNFOLD_ENGINE_UNREACHABLE: 503,
  UNFOLD_DISK_FULL: 507,
};

/** Of Fastify's own errors, those that mean the same as one of ours. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'UNFOLD_REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNFOLD_REQUEST_TYPE',
};

/** The status of a code. */
export function statusOf(code: ErrorCode): number {
  return STATUSES[code] ?? 500;
}

/** What is sent for an error. What nobody expected is told to the log alone. */
export function problemOf(error: unknown, requestId: string): ApiProblem {
  const known = knownError(error);
  const { code, message, remedy } = known;
  const status = statusOf(code);
  return {
    type: `/reference#${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: code === 'UNFOLD_INTERNAL' ? 'The server failed; its log says more.' : message,
    instance: requestId,
    code,
    remedy,
    ...placeOf(known, error),
  };
}

/** The error as one of ours. */
function knownError(error: unknown): UnfoldError {
  if (error instanceof UnfoldError) return error;
  const { code, statusCode = 500, message } = error as FastifyError;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map((issue) => `${nameOf(issue.instancePath)}: ${issue.message ?? ''}`);
    return new UnfoldError('UNFOLD_REQUEST_INVALID', issues.join('; '));
  }
  const same = FASTIFY_CODES[code];
  if (same !== undefined) return new UnfoldError(same, message);
  if (statusCode >= 400 && statusCode < 500) return new UnfoldError('UNFOLD_REQUEST_INVALID', message);
  return new UnfoldError('UNFOLD_INTERNAL', message, { cause: error });
}

function placeOf({ place }: UnfoldError, error: unknown): Pick<ApiProblem, 'place'> {
  if (hasZodFastifySchemaValidationErrors(error))
    return { place: { parameter: nameOf(error.validation[0]?.instancePath ?? '') } };
  if (place?.parameter === undefined) return {};
  const { parameter, index, span } = place;
  return {
    place: {
      parameter,
      ...(index === undefined ? {} : { index }),
      ...(span === undefined ? {} : { span: [...span] }),
    },
  };
}

/** `/asked/3` → `asked`. */
function nameOf(instancePath: string): string {
  return instancePath.split('/')[1] ?? '';
}
