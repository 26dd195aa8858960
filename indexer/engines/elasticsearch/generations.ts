// The indices behind the aliases: how they come to be, which ones are named, and how others take their place.
import { randomBytes } from 'node:crypto';
import { errors, type Client } from '@elastic/elasticsearch';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { FORMAT, KINDS, namesOf, templateOf, type Kind, type Names } from './indices.ts';

/** What follows an alias in the names of its indices; nothing in those that are no aliases. */
const GENERATION = /^(?:-v(\d+)(?:-[0-9a-f]{8})?)?$/;

/** Names of the indices that belong together with that of the systems. Throws UNFOLD_DATA_CORRUPT, UNFOLD_DATA_NEWER. */
export function indicesOf(aliases: Names, systems: string): Names {
  const generation = systems.startsWith(aliases.systems) ? systems.slice(aliases.systems.length) : null;
  const version = generation === null ? null : GENERATION.exec(generation);
  if (generation === null || version === null) throw notUnfold(aliases);
  if (version[1] !== undefined) requireFormat(Number(version[1]), aliases);
  return generationOf(aliases, generation);
}

function generationOf(aliases: Names, generation: string): Names {
  const index = (kind: Kind) => `${aliases[kind]}${generation}`;
  return {
    contents: index('contents'),
    entries: index('entries'),
    facts: index('facts'),
    frames: index('frames'),
    systems: index('systems'),
  };
}

/** The indices that the aliases name now. */
export async function currentIndices(client: Client, aliases: Names, signal: AbortSignal): Promise<Names> {
  const found = await client.indices.getAlias({ index: aliases.systems }, { signal });
  return indicesOf(aliases, Object.keys(found)[0] ?? '');
}

/** What is behind the aliases, by kind; kinds that are not there are missing. */
async function named(
  client: Client,
  aliases: Names,
  signal: AbortSignal,
): Promise<Map<Kind, { readonly index: string; readonly format: unknown }>> {
  const found = await client.indices.get(
    {
      index: Object.values(aliases),
      features: ['aliases', 'mappings'],
      ignore_unavailable: true,
      allow_no_indices: true,
    },
    { signal },
  );
  const indices = Object.entries(found);
  return new Map(
    KINDS.flatMap((kind) => {
      const one = indices.find(([, state]) => state.aliases?.[aliases[kind]] !== undefined);
      if (one === undefined) return [];
      const meta: Readonly<Record<string, unknown>> | undefined = one[1].mappings?._meta;
      return [[kind, { index: one[0], format: meta?.['format'] }] as const];
    }),
  );
}

function requireFormat(format: unknown, aliases: Names): void {
  if (typeof format !== 'number') throw notUnfold(aliases);
  if (format > FORMAT) {
    throw new UnfoldError(
      'UNFOLD_DATA_NEWER',
      `the index ${aliases.systems} has version ${format}, this Unfold knows ${FORMAT}`,
    );
  }
}

function notUnfold(aliases: Names): UnfoldError {
  return new UnfoldError('UNFOLD_DATA_CORRUPT', `${aliases.systems} is not an index of Unfold`, {
    remedy: 'Choose another prefix in the configuration of Elasticsearch.',
  });
}

/** Requires that the indices are there and that this Unfold can read them. */
export async function requireIndices(client: Client, aliases: Names, signal: AbortSignal): Promise<void> {
  const found = await named(client, aliases, signal);
  for (const kind of KINDS) {
    const one = found.get(kind);
    if (one === undefined) {
      throw new UnfoldError('UNFOLD_DATA_MISSING', `there is no index ${aliases[kind]}`, {
        remedy: 'Nothing is indexed there yet: run `unfold crawl` first, or correct the prefix.',
      });
    }
    requireFormat(one.format, aliases);
  }
}

/** Makes the indices that are missing; of two processes that do it at once the second finds them made. */
export async function makeIndices(
  client: Client,
  configuration: ElasticsearchConfiguration,
  signal: AbortSignal,
): Promise<void> {
  const aliases = namesOf(configuration.prefix);
  const found = await named(client, aliases, signal);
  for (const { format } of found.values()) requireFormat(format, aliases);
  const missing = KINDS.filter((kind) => !found.has(kind));
  if (missing.length === 0) return;
  const [there] = found;
  const generation = there === undefined ? `-v${FORMAT}` : there[1].index.slice(aliases[there[0]].length);
  const names = generationOf(aliases, generation);
  await putTemplates(client, configuration, missing, signal);
  await Promise.all(
    missing.map(async (kind) => {
      const named = { [aliases[kind]]: { is_write_index: true } };
      await client.indices
        .create({ index: names[kind], aliases: named }, { signal })
        .catch((error: unknown) => {
          if (!isThere(error)) throw error;
        });
    }),
  );
  await requireIndices(client, aliases, signal);
}

/** Makes indices that no alias names. */
export async function makeGeneration(
  client: Client,
  configuration: ElasticsearchConfiguration,
  signal: AbortSignal,
): Promise<Names> {
  const fresh = generationOf(namesOf(configuration.prefix), `-v${FORMAT}-${randomBytes(4).toString('hex')}`);
  await putTemplates(client, configuration, KINDS, signal);
  await Promise.all(KINDS.map((kind) => client.indices.create({ index: fresh[kind] }, { signal })));
  return fresh;
}

async function putTemplates(
  client: Client,
  configuration: ElasticsearchConfiguration,
  kinds: readonly Kind[],
  signal: AbortSignal,
): Promise<void> {
  const aliases = namesOf(configuration.prefix);
  const put = async (kind: Kind) =>
    client.indices.putIndexTemplate(
      {
        name: aliases[kind],
        index_patterns: [`${aliases[kind]}-v${FORMAT}*`],
        priority: 500,
        // Who still writes to indices that others took the place of must not make them again.
        allow_auto_create: false,
        template: templateOf(kind, configuration),
        _meta: { product: 'unfold', format: FORMAT },
      },
      { signal },
    );
  await Promise.all(kinds.map(put));
}

/** Makes the aliases name other indices and removes those that they named: all of it in one step, or nothing. */
export async function replaceIndices(
  client: Client,
  aliases: Names,
  { old, fresh }: { readonly old: Names; readonly fresh: Names },
  signal: AbortSignal,
): Promise<void> {
  const actions = KINDS.flatMap((kind) => [
    { remove_index: { index: old[kind] } },
    { add: { index: fresh[kind], alias: aliases[kind], is_write_index: true } },
  ]);
  try {
    await client.indices.updateAliases({ actions }, { signal });
  } catch (error) {
    // Done, without our having heard of it?
    const now = await currentIndices(client, aliases, signal);
    if (now.systems !== fresh.systems) throw error;
  }
}

/** Removes indices that an interrupted rebuild left, of which no alias is there. */
export async function removeLeftovers(client: Client, aliases: Names, signal: AbortSignal): Promise<void> {
  const index = KINDS.map((kind) => `${aliases[kind]}-v*`);
  const found = await client.indices.get({ index, features: ['aliases', 'mappings'] }, { signal });
  const leftovers = Object.entries(found).flatMap(([name, state]) => {
    const isOurs = KINDS.some(
      (kind) => name.startsWith(aliases[kind]) && GENERATION.test(name.slice(aliases[kind].length)),
    );
    const isNamed = Object.keys(state.aliases ?? {}).length > 0;
    return isOurs && !isNamed && state.mappings?._meta?.['product'] === 'unfold' ? [name] : [];
  });
  await removeIndices(client, leftovers, signal);
}

/** Removes indices, of which some may be gone. */
export async function removeIndices(
  client: Client,
  indices: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (indices.length === 0) return;
  await client.indices.delete({ index: [...indices], ignore_unavailable: true }, { signal });
}

function isThere(error: unknown): boolean {
  if (!(error instanceof errors.ResponseError)) return false;
  const { error: cause } = (error.body ?? {}) as { error?: { type?: string } };
  return cause?.type === 'resource_already_exists_exception';
}
