// Indexes in Elasticsearch for many short tests: emptied and used again, because to make one takes a second.
import { existsSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';
import { openElasticsearch } from '../../../indexer/engines/elasticsearch/engine.ts';
import type { Index } from '../../../indexer/engines/index-keeping.ts';
import { KINDS, namesOf } from '../../../indexer/engines/elasticsearch/indices.ts';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';

/** Opens indexes by the folders of tests; an index whose folder was removed is there for another test. */
export class ElasticsearchPool {
  readonly #make: () => ElasticsearchConfiguration;
  readonly #used = new Map<string, ElasticsearchConfiguration>();

  constructor(make: () => ElasticsearchConfiguration) {
    this.#make = make;
  }

  async open(folder: string): Promise<Index> {
    let configuration = this.#used.get(folder);
    if (configuration === undefined) {
      configuration = (await this.#free()) ?? this.#make();
      this.#used.set(folder, configuration);
    }
    return openElasticsearch(configuration, 'write');
  }

  async #free(): Promise<ElasticsearchConfiguration | null> {
    for (const [folder, configuration] of this.#used) {
      if (existsSync(folder)) continue;
      this.#used.delete(folder);
      await empty(configuration);
      return configuration;
    }
    return null;
  }
}

async function empty({ nodes, prefix }: ElasticsearchConfiguration): Promise<void> {
  const client = new Client({ nodes: [...nodes] });
  const index = KINDS.map((kind) => namesOf(prefix)[kind]);
  try {
    await client.indices.refresh({ index });
    for (;;) {
      const { hits } = await client.search({ index, size: 10_000, _source: false });
      if (hits.hits.length === 0) return;
      const operations = hits.hits.map(({ _index, _id }) => ({ delete: { _index, _id: _id ?? '' } }));
      await client.bulk({ operations, refresh: true });
    }
  } finally {
    await client.close();
  }
}
