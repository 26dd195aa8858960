// Rebuilds an index in Elasticsearch once, and says when it begins and ends: node elasticsearch-rebuild-child.ts CONFIGURATION
import { writeSync } from 'node:fs';
import { rebuildElasticsearch } from '../../../indexer/engines/elasticsearch/rebuild.ts';
import { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';

const configuration = ElasticsearchConfiguration.parse(JSON.parse(process.argv[2] ?? ''));
const connecting = { signal: new AbortController().signal, patienceMs: 60_000, notice: () => undefined };
writeSync(1, 'begun\n');
await rebuildElasticsearch(configuration, () => undefined, connecting);
writeSync(1, 'rebuilt\n');
