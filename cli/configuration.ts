// unfold.yaml → configuration. A mistake is named with its file, line and column.
import { isMap, isNode, isScalar, type Document } from 'yaml';
import type { z } from 'zod';
import { Configuration } from '../schemas/configuration.ts';
import { nearest } from '../query/language/nearest.ts';
import { readYaml, type Mistake } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

/** Reads and validates a configuration file. Throws UNFOLD_CONFIG_INVALID with every mistake, a line each. */
export function readConfiguration(file: string): Configuration {
  const { document, value, invalid } = readYaml(file);
  const parsed = Configuration.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap((issue) => mistakesOf(issue, document)));
}

function mistakesOf(issue: Issue, document: Document): Mistake[] {
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
