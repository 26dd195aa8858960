// The indices in Elasticsearch: their names, what is in them, and how they come to be.
import { errors, type Client, type estypes } from '@elastic/elasticsearch';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { FIELDS } from '../../../schemas/fields.ts';

/** Raised whenever the documents change; kept in each mapping's `_meta`. */
export const FORMAT = 1;

/**
 * What is stored, in an index each:
 *   contents  a text, once, by its own SHA-256, with the terms that find it
 *   entries   an entry without what differs from system to system, once, with the terms that find it and a number
 *   facts     which entries a system has, by blocks of entry numbers; written once and never changed
 *   frames    the frames of a system, with the facts that ended and the problems of each
 *   systems   a system: its newest frame, and which documents of `facts` are its own
 */
export const KINDS = ['contents', 'entries', 'facts', 'frames', 'systems'] as const;
export type Kind = (typeof KINDS)[number];

/** The alias by which an index is read and written. */
export type Names = Readonly<Record<Kind, string>>;

type Properties = Record<string, estypes.MappingProperty>;

/** The names of an index of Unfold. */
export function namesOf(prefix: string): Names {
  return {
    contents: `${prefix}-contents`,
    entries: `${prefix}-entries`,
    facts: `${prefix}-facts`,
    frames: `${prefix}-frames`,
    systems: `${prefix}-systems`,
  };
}

/** The property of a catalogue field. Dots would make objects of `os` and `os.version`. */
export function fieldProperty(field: string): string {
  return field.replaceAll('.', '_');
}

const keyword: estypes.MappingProperty = { type: 'keyword', doc_values: false };
const sortable: estypes.MappingProperty = { type: 'keyword' };

/** Terms are made by indexer/terms alone: Elasticsearch only splits them at the blanks between. */
const TERMS: Properties = {
  words: { type: 'text', analyzer: 'whitespace', index_options: 'docs', norms: false },
  address4: { type: 'ip', doc_values: false },
  address6: { type: 'ip', doc_values: false },
  network4: { type: 'ip_range', doc_values: false },
  network6: { type: 'ip_range', doc_values: false },
  networks: sortable,
};

/** Values of the field catalogue, folded; of paths, whose case counts, as they are too. */
function catalogueProperties(): Properties {
  const own = FIELDS.filter(({ feature, type }) => feature !== 'system' && type !== 'text');
  const properties = (fields: typeof FIELDS): Properties =>
    Object.fromEntries(fields.map(({ name }) => [fieldProperty(name), keyword]));
  return {
    field: { properties: properties(own) },
    exact: { properties: properties(own.filter(({ type }) => type === 'path')) },
    odd: keyword,
  };
}

function propertiesOf(kind: Kind): Properties {
  switch (kind) {
    case 'contents':
      return { ...TERMS, bytes: { type: 'long' } };
    case 'entries':
      return {
        ...TERMS,
        ...catalogueProperties(),
        number: { type: 'long' },
        block: { type: 'long', doc_values: false },
        feature: keyword,
        sort: sortable,
        name: keyword,
        content: sortable,
        label: sortable,
      };
    case 'facts':
      return { system: keyword, attempt: keyword, publication: { type: 'long' } };
    case 'frames':
      return {
        kind: sortable,
        frame: keyword,
        attempt: sortable,
        system: sortable,
        at: { type: 'date' },
        failed: { type: 'boolean' },
        published: { type: 'boolean' },
        publication: { type: 'long' },
        count: { type: 'long' },
        entries: { type: 'long', doc_values: false },
      };
    case 'systems':
      return { frames: keyword, gone: { type: 'boolean' } };
  }
}

/** What finds a document is not kept a second time. */
const FOUND_BY = [
  ...Object.keys(TERMS),
  'field',
  'exact',
  'odd',
  'entries',
  'block',
  'name',
  'label',
  'sort',
  'feature',
];

function templateOf(
  kind: Kind,
  { shards, replicas }: ElasticsearchConfiguration,
): estypes.IndicesPutIndexTemplateIndexTemplateMapping {
  return {
    settings: {
      // All of the systems is read by the order of writing, which is one per shard.
      number_of_shards: kind === 'systems' ? 1 : shards,
      number_of_replicas: replicas,
      // What is written is refreshed when a frame is published, and not before.
      refresh_interval: '-1',
      codec: 'best_compression',
    },
    mappings: {
      dynamic: false,
      _meta: { product: 'unfold', format: FORMAT },
      ...(kind === 'contents' || kind === 'entries' ? { _source: { excludes: FOUND_BY } } : {}),
      properties: propertiesOf(kind),
    },
  };
}

/** The formats of what is there, by kind; kinds that are not there are missing. */
async function formats(client: Client, names: Names, signal: AbortSignal): Promise<Map<Kind, unknown>> {
  const found = await client.indices.getMapping(
    { index: Object.values(names), ignore_unavailable: true, allow_no_indices: true },
    { signal },
  );
  const indices = Object.entries(found);
  return new Map(
    KINDS.flatMap((kind) => {
      const index = indices.find(([name]) => name.startsWith(`${names[kind]}-v`));
      return index === undefined ? [] : [[kind, index[1].mappings._meta?.['format']]];
    }),
  );
}

function requireFormat(format: unknown, names: Names): void {
  if (typeof format !== 'number') {
    throw new UnfoldError('UNFOLD_DATA_CORRUPT', `${names.systems} is not an index of Unfold`, {
      remedy: 'Choose another prefix in the configuration of Elasticsearch.',
    });
  }
  if (format > FORMAT) {
    throw new UnfoldError(
      'UNFOLD_DATA_NEWER',
      `the index ${names.systems} has version ${format}, this Unfold knows ${FORMAT}`,
    );
  }
}

/** Requires that the indices are there and that this Unfold can read them. */
export async function requireIndices(client: Client, names: Names, signal: AbortSignal): Promise<void> {
  const found = await formats(client, names, signal);
  for (const kind of KINDS) {
    if (!found.has(kind)) {
      throw new UnfoldError('UNFOLD_DATA_MISSING', `there is no index ${names[kind]}`, {
        remedy: 'Nothing is indexed there yet: run `unfold crawl` first, or correct the prefix.',
      });
    }
    requireFormat(found.get(kind), names);
  }
}

/** Makes the indices that are missing; of two processes that do it at once the second finds them made. */
export async function makeIndices(
  client: Client,
  configuration: ElasticsearchConfiguration,
  signal: AbortSignal,
): Promise<void> {
  const names = namesOf(configuration.prefix);
  const found = await formats(client, names, signal);
  for (const format of found.values()) requireFormat(format, names);
  const missing = KINDS.filter((kind) => !found.has(kind));
  await Promise.all(
    missing.map(async (kind) => {
      const index = `${names[kind]}-v${FORMAT}`;
      await client.indices.putIndexTemplate(
        {
          name: names[kind],
          index_patterns: [`${index}*`],
          priority: 500,
          template: templateOf(kind, configuration),
          _meta: { product: 'unfold', format: FORMAT },
        },
        { signal },
      );
      const aliases = { [names[kind]]: { is_write_index: true } };
      await client.indices.create({ index, aliases }, { signal }).catch((error: unknown) => {
        if (!isThere(error)) throw error;
      });
    }),
  );
  if (missing.length > 0) await requireIndices(client, names, signal);
}

function isThere(error: unknown): boolean {
  if (!(error instanceof errors.ResponseError)) return false;
  const { error: cause } = (error.body ?? {}) as { error?: { type?: string } };
  return cause?.type === 'resource_already_exists_exception';
}
