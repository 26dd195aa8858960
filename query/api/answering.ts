// Questions of the API → what is sent. Runs beside the engine, in a worker thread.
import { createHash } from 'node:crypto';
import { answerStream as written } from '../answer-stream.ts';
import { listDirectory } from '../directory.ts';
import { listFacts } from '../facts.ts';
import { lookup } from '../lookup/lookup.ts';
import { search, type SearchOptions } from '../search.ts';
import { systemNamed } from '../system-named.ts';
import { coverageOfAll, listSystems, showSystem } from '../systems.ts';
import { compare } from '../compare/compare.ts';
import { comparisonJson } from '../compare/comparison-json.ts';
import { lookupsJson } from './coverage-json.ts';
import type { EndOptions } from '../compare/ends.ts';
import type { DirectoryAnswer } from '../../schemas/api.ts';
import type { Log } from '../../schemas/comparison.ts';
import { contentOf } from '../content.ts';
import { history } from '../history.ts';
import type {
  AnswerBody,
  ContentQuestion,
  DiffQuestion,
  DirectoryQuestion,
  FactsQuestion,
  FramesQuestion,
  Question,
  SearchQuestion,
  StreamQuestion,
} from './asking.ts';
import type { AskableIndex, ServedIndex } from '../restricted.ts';

/** What answers depend on besides the question. */
export interface AnsweringOptions {
  readonly staleAfterHours: number;
}

/** Answers a question. Throws what the engine throws. */
export async function answer(
  engine: ServedIndex,
  question: Question,
  options: AnsweringOptions,
  signal: AbortSignal,
): Promise<AnswerBody> {
  const told = { staleAfterHours: options.staleAfterHours, signal };
  switch (question.ask) {
    case 'search': {
      const found = await search(engine, question.query, searchOptions(question, options, signal));
      return sent(found, question.at !== null, found.total.systems);
    }
    case 'lookup': {
      const { asked, at: until, from, match, roles, scope, names, reconcile, evidence } = question;
      const { at, tookMs, ...found } = await lookup(engine, asked, {
        ...told,
        ...{ match, roles, scope, names, reconcile, evidence },
        at: dateOf(until),
        from: dateOf(from),
      });
      const systems = found.lookups.reduce((sum, one) => sum + one.systems.length, 0);
      return clocked(lookupsJson(found), { at, tookMs, asked: until !== null }, systems);
    }
    case 'facts':
      return sent(await factsOf(engine, question, signal), isFixed(question), null);
    case 'content':
      return contentBody(engine, question, signal);
    case 'frames':
      return tagged(await framesOf(engine, question, told));
    case 'directory':
      return sent(await directoryOf(engine, question, signal), question.at !== null, null);
    case 'systems': {
      const { at, limit, cursor } = question;
      const listed = await listSystems(engine, { ...told, at: dateOf(at), limit, cursor });
      return sent(listed, at !== null, null);
    }
    case 'system': {
      const { at, system } = question;
      return sent(await showSystem(engine, system, { ...told, at: dateOf(at) }), at !== null, null);
    }
    case 'coverage': {
      const covered = await coverageOfAll(engine, { ...told, at: dateOf(question.at) });
      return sent({ schema: 'unfold.coverage/1', ...covered }, question.at !== null, null);
    }
    case 'ready':
      return sent({ at: new Date().toISOString(), tookMs: 0, ready: true }, false, null);
  }
}

/** The text of an answer of any length, a piece at a time. Throws what the engine throws. */
export async function* answerStream(
  engine: ServedIndex,
  question: StreamQuestion,
  options: AnsweringOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const told = { staleAfterHours: options.staleAfterHours, signal };
  if (question.stream === 'facts') yield* factLines(engine, question.question, signal);
  else if (question.stream === 'diff') yield* differences(engine, question.question, told);
  else
    yield* written(engine, question.question.query, searchOptions(question.question, options, signal), {
      format: question.format,
      toJson: JSON.stringify,
    });
}

function searchOptions(
  { at, limit, cursor, evidence, facets, narrowed, explain }: SearchQuestion,
  { staleAfterHours }: AnsweringOptions,
  signal: AbortSignal,
): SearchOptions {
  const asked = { limit, cursor, evidence, facets: [...facets], narrowed, explain };
  return { ...asked, at: dateOf(at), staleAfterHours, signal };
}

/** A text is its own tag: what it is called never is anything else. */
async function contentBody(
  engine: AskableIndex,
  { sha256, format, at, limit, cursor }: ContentQuestion,
  signal: AbortSignal,
): Promise<AnswerBody> {
  const isText = format === 'text';
  const found = await contentOf(engine, sha256, { at, limit: isText ? 1 : limit, cursor, signal });
  if (!isText) return sent(found, at !== null, found.total);
  return { body: bytesOf(found.text), etag: `"${sha256}"`, systems: found.total };
}

async function factsOf(engine: AskableIndex, question: FactsQuestion, signal: AbortSignal) {
  const { limit, cursor } = question;
  return listFacts(engine, await idOf(engine, question.system, signal), {
    ...factQuery(question),
    limit,
    cursor,
    signal,
  });
}

async function directoryOf(
  engine: AskableIndex,
  { system, path, at, limit }: DirectoryQuestion,
  signal: AbortSignal,
): Promise<DirectoryAnswer> {
  return listDirectory(engine, await idOf(engine, system, signal), { path, at: dateOf(at), limit, signal });
}

async function* factLines(
  engine: AskableIndex,
  question: FactsQuestion,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const system = await idOf(engine, question.system, signal);
  for await (const fact of engine.facts(system, factQuery(question), signal))
    yield `${JSON.stringify(fact)}\n`;
}

async function framesOf(
  engine: ServedIndex,
  { system: named, limit }: FramesQuestion,
  told: EndOptions,
): Promise<Log> {
  const { system } = systemNamed(await engine.systems(null, told.signal), named);
  return { schema: 'unfold.log/1', system, ...(await history(engine, system.id, { ...told, limit })) };
}

/** One JSON document. */
async function* differences(
  engine: AskableIndex,
  { system, with: other, from, to, ...wanted }: DiffQuestion,
  told: EndOptions,
): AsyncGenerator<string> {
  const asked = {
    from: { system, at: from === null && other === null ? ('before' as const) : dateOf(from) },
    to: { system: other ?? system, at: dateOf(to) },
  };
  const comparison = await compare(engine, asked, { ...wanted, ...told });
  yield* comparisonJson(comparison, {}, JSON.stringify);
}

/** Of all the systems that are known now: facts of the past have the name of today. */
async function idOf(engine: AskableIndex, named: string, signal: AbortSignal): Promise<string> {
  return systemNamed(await engine.systems(null, signal), named).system.id;
}

function factQuery({ span, texts, feature, key }: FactsQuestion) {
  return { span, texts, ...(feature === null ? {} : { feature }), ...(key === null ? {} : { key }) };
}

function isFixed({ span }: FactsQuestion): boolean {
  return ('at' in span ? span.at : span.until) !== null;
}

function dateOf(at: string | null): Date | null {
  return at === null ? null : new Date(at);
}

/** When an answer was made, and how long it took. */
interface Clock {
  readonly at: string;
  readonly tookMs: number;
}

/** An answer as JSON. */
function sent(
  { at, tookMs, ...rest }: Clock & { schema?: string; ready?: boolean },
  asked: boolean,
  systems: number | null,
): AnswerBody {
  return clocked(JSON.stringify(rest), { at, tookMs, asked }, systems);
}

/** JSON of an answer with its clock, which is no part of the tag, unless the instant was `asked` for. */
function clocked(
  text: string,
  { at, tookMs, asked }: Clock & { readonly asked: boolean },
  systems: number | null,
): AnswerBody {
  const clock = JSON.stringify({ at, tookMs });
  return {
    body: bytesOf(`${text.slice(0, -1)},${clock.slice(1)}`),
    etag: tagOf((asked ? at : '') + text),
    systems,
  };
}

/** An answer without a clock as JSON. */
function tagged(answer: Log): AnswerBody {
  const text = JSON.stringify(answer);
  return { body: bytesOf(text), etag: tagOf(text), systems: null };
}

/** In memory of its own, which can go to another thread. */
function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function tagOf(text: string): string {
  return `W/"${createHash('sha256').update(text).digest('base64url')}"`;
}
