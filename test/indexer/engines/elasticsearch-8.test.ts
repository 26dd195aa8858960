// Elasticsearch 8: the whole conformance suite.
import { elasticsearchConformance } from './elasticsearch-conformance.ts';

elasticsearchConformance(8);
