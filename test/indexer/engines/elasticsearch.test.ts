// The Elasticsearch engine keeps to the ports, on every version of the server that can run here.
import { jest } from '@jest/globals';
import { searchEngineConformance } from '../../conformance/search-engine.ts';
import { describeElasticsearch } from '../../elasticsearch-cluster.ts';
import { ElasticsearchPool } from './elasticsearch-pool.ts';

// A random history is hundreds of requests.
jest.setTimeout(900_000);

for (const major of [8, 9] as const) {
  describeElasticsearch(major, (cluster) => {
    const pool = new ElasticsearchPool(() => cluster.configuration());
    searchEngineConformance(`Elasticsearch ${major}`, (folder) => pool.open(folder));
  });
}
