// Elasticsearch 9: the whole conformance suite.
import { elasticsearchConformance } from './elasticsearch-conformance.ts';

elasticsearchConformance(9);
