// What Elasticsearch, its client or the way to it answered instead of what was asked → an error a user can act on.
import { errors } from '@elastic/elasticsearch';
import { UnfoldError, type ErrorCode } from '../../../schemas/error.ts';

/** Where errors of TLS tell themselves from others: the client keeps the text alone. */
const UNTRUSTED = /certificate|altnames|issuer/i;
const WRONG_NAME = /altnames/;
const NO_TLS_THERE = /wrong version number|packet length too long|http request/i;
const CLOSED = /other side closed|socket hang up|ECONNRESET/i;

/** What Elasticsearch says of an index that is not there. */
const GONE = 'index_not_found_exception';
const REBUILT = 'the index was rebuilt or removed meanwhile';

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'UNFOLD_ENGINE_REFUSED',
  403: 'UNFOLD_ENGINE_REFUSED',
  409: 'UNFOLD_ENGINE_CONFLICT',
  502: 'UNFOLD_ENGINE_UNREACHABLE',
  503: 'UNFOLD_ENGINE_UNREACHABLE',
  504: 'UNFOLD_ENGINE_UNREACHABLE',
};

/** The error for the user; one that is none of Elasticsearch's is returned as it is. */
export function engineError(error: unknown): unknown {
  if (error instanceof errors.ResponseError) {
    const { type, reason } = causeOf(error);
    return refusal(error.statusCode ?? 0, type, reason, error);
  }
  if (error instanceof errors.ProductNotSupportedError)
    return new UnfoldError('UNFOLD_ENGINE_UNSUPPORTED', 'What answers is not Elasticsearch.', {
      cause: error,
    });
  if (error instanceof errors.ElasticsearchClientError) {
    const isAway =
      error instanceof errors.ConnectionError ||
      error instanceof errors.NoLivingConnectionsError ||
      error instanceof errors.TimeoutError;
    return isAway ? connectionError('Elasticsearch', error.message) : failed(error.message, error);
  }
  return error;
}

/** The error for an answer, or for one operation of a bulk request, with Elasticsearch's own words. */
export function refusal(status: number, type: string, reason: string, cause?: unknown): UnfoldError {
  const said = `Elasticsearch answered ${status} ${type}: ${reason}`;
  // A disk above the flood stage makes indices read-only: 429 with that block, 403 with one that an operator set.
  if (type === 'cluster_block_exception' && /read-only|read_only|flood/i.test(reason))
    return new UnfoldError('UNFOLD_ENGINE_FULL', said, { cause });
  if (type === GONE) return rebuilt(cause);
  const code = STATUS_CODES[status];
  return code === undefined ? failed(said, cause) : new UnfoldError(code, said, { cause });
}

/** Throws for a document that is not there because its index is not: the client takes both for a 404 that it may ignore. */
export function requireDocumentAnswer(answer: object): void {
  if ('error' in answer) throw rebuilt();
}

/** Whether the index that was read or written is no longer there. */
export function isRebuilt(error: unknown): boolean {
  if (error instanceof errors.ResponseError) return causeOf(error).type === GONE;
  return error instanceof UnfoldError && error.code === 'UNFOLD_ENGINE_CONFLICT' && error.message === REBUILT;
}

function rebuilt(cause?: unknown): UnfoldError {
  const remedy = 'Try again: what was not indexed is to be indexed again.';
  return new UnfoldError('UNFOLD_ENGINE_CONFLICT', REBUILT, { remedy, cause });
}

/** The error for a node, or nodes, that no answer came from; `reason` in the words of Node or of the client. */
export function connectionError(node: string, reason: string): UnfoldError {
  if (WRONG_NAME.test(reason))
    return new UnfoldError('UNFOLD_ENGINE_UNTRUSTED', `${node} cannot be trusted: ${reason}`, {
      remedy: 'Name the node as its certificate does.',
    });
  if (UNTRUSTED.test(reason))
    return new UnfoldError('UNFOLD_ENGINE_UNTRUSTED', `${node} cannot be trusted: ${reason}.`);
  if (NO_TLS_THERE.test(reason))
    return new UnfoldError('UNFOLD_ENGINE_UNREACHABLE', `${node} answers without TLS.`, {
      remedy: 'Write its URL with http://, or switch TLS on there.',
    });
  if (CLOSED.test(reason) && node.startsWith('http:'))
    return new UnfoldError('UNFOLD_ENGINE_UNREACHABLE', `${node} closes the connection: ${reason}.`, {
      remedy: 'If the node speaks TLS, write its URL with https://.',
    });
  return new UnfoldError('UNFOLD_ENGINE_UNREACHABLE', `${node} cannot be reached: ${reason}.`);
}

function failed(message: string, cause: unknown): UnfoldError {
  return new UnfoldError('UNFOLD_ENGINE_FAILED', message, { cause });
}

/** What Elasticsearch itself says: the root cause, and what caused that. */
function causeOf({ body, message }: errors.ResponseError): { type: string; reason: string } {
  const { error } = (body ?? {}) as { error?: Cause | string };
  if (typeof error !== 'object') return { type: 'error', reason: error ?? message };
  const { type = 'error', reason = message } = error.root_cause?.[0] ?? error;
  const because = error.caused_by?.reason ?? reason;
  return { type, reason: because === reason ? reason : `${reason} (${because})` };
}

interface Cause {
  type?: string;
  reason?: string;
  root_cause?: { type?: string; reason?: string }[];
  caused_by?: { reason?: string };
}
