// unfold.yaml → configuration. A mistake is named with its file, line and column.
import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { Configuration } from '../schemas/configuration.ts';
import { UnfoldError } from '../schemas/error.ts';
import { nearest } from '../query/language/nearest.ts';

type Issue = z.core.$ZodIssue;

/** A mistake in a configuration file; line and column count from 1. */
interface Mistake {
  line: number;
  column: number;
  message: string;
}

/** Reads and validates a configuration file. Throws UNFOLD_CONFIG_INVALID with every mistake, a line each. */
export function readConfiguration(file: string): Configuration {
  return parseConfiguration(readText(file), file);
}

/** Validates the text of a configuration file; `file` is its name in messages. */
function parseConfiguration(text: string, file: string): Configuration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const position = (offset: number): Pick<Mistake, 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0)
    throw invalid(
      file,
      document.errors.map((error) => ({
        ...position(error.pos[0]),
        message: error.message.split('\n')[0] ?? '',
      })),
    );
  const parsed = Configuration.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  throw invalid(
    file,
    parsed.error.issues.flatMap((issue) =>
      mistakesOf(issue, document).map(({ offset, message }) => ({ ...position(offset), message })),
    ),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UnfoldError('UNFOLD_PATH_UNREADABLE', `The configuration file ${file} cannot be read.`, {
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
}

function invalid(file: string, mistakes: readonly Mistake[]): UnfoldError {
  return new UnfoldError(
    'UNFOLD_CONFIG_INVALID',
    mistakes.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
  );
}

function mistakesOf(issue: Issue, document: Document): { offset: number; message: string }[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const near = nearest(key, knownKeys(path));
      const hint = near === null ? '' : `; did you mean ${near}?`;
      return { offset: keyOffset(document, path, key), message: `unknown key ${key}${hint}` };
    });
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return [{ offset: valueOffset(document, path), message: `${where}${issue.message}` }];
}

/** Where the value at a path begins, or the nearest value around a place that is missing. */
function valueOffset(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: readonly (string | number)[], key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  const pair = isMap(map)
    ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    : null;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : valueOffset(document, path);
}

/** The keys that the schema knows at a path. */
function knownKeys(path: readonly (string | number)[]): string[] {
  let schema = unwrapped(Configuration);
  for (const step of path) {
    const next = schema.type === 'array' ? schema.element : schema.shape?.[step];
    if (next === undefined) return [];
    schema = unwrapped(next);
  }
  return Object.keys(schema.shape ?? {});
}

interface SchemaShape {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
}

/** What stands under defaults and optionals. */
function unwrapped(schema: z.ZodType): SchemaShape {
  const definition = schema.def as unknown as SchemaShape & { innerType?: z.ZodType };
  return definition.innerType === undefined ? definition : unwrapped(definition.innerType);
}
