// The indices in Elasticsearch: their names, and what is in them.
import type { estypes } from '@elastic/elasticsearch';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
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

/** Names of an index of each kind: the aliases, or the indices that those name (generations.ts). */
export type Names = Readonly<Record<Kind, string>>;

type Properties = Record<string, estypes.MappingProperty>;

/** The aliases of an index of Unfold. */
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

/** What new indices of a kind are made with. */
export function templateOf(
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
    },
    mappings: {
      dynamic: false,
      _meta: { product: 'unfold', format: FORMAT },
      ...(kind === 'contents' || kind === 'entries' ? { _source: { excludes: FOUND_BY } } : {}),
      properties: propertiesOf(kind),
    },
  };
}
