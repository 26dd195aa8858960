// The Elasticsearch engine keeps to the ports, on a version of the server; a file each, so that they run side by side.
import { jest } from '@jest/globals';
import { RUNS } from '../../conformance/search-engine/properties.ts';
import { searchEngineConformance } from '../../conformance/search-engine.ts';
import { describeElasticsearch } from '../../elasticsearch-cluster.ts';
import { ElasticsearchPool } from './elasticsearch-pool.ts';

/** Runs the conformance suite on a node of this major version. */
export function elasticsearchConformance(major: 8 | 9): void {
  // A random history is hundreds of requests.
  jest.setTimeout(300_000);
  const histories = Math.ceil(RUNS / 20);
  describeElasticsearch(major, (cluster) => {
    const pool = new ElasticsearchPool(() => cluster.configuration());
    searchEngineConformance(`Elasticsearch ${major}`, (folder) => pool.open(folder), histories);
  });
}
