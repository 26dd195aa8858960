// The Elasticsearch engine keeps to the ports, on every version of the server that can run here.
import { jest } from '@jest/globals';
import { searchEngineConformance } from '../../conformance/search-engine.ts';
import { RUNS } from '../../conformance/search-engine/properties.ts';
import { describeElasticsearch } from '../../elasticsearch-cluster.ts';
import { ElasticsearchPool } from './elasticsearch-pool.ts';

// A random history is hundreds of requests.
jest.setTimeout(300_000);
const HISTORIES = Math.ceil(RUNS / 12);

for (const major of [8, 9] as const) {
  describeElasticsearch(major, (cluster) => {
    const pool = new ElasticsearchPool(() => cluster.configuration());
    searchEngineConformance(`Elasticsearch ${major}`, (folder) => pool.open(folder), HISTORIES);
  });
}
