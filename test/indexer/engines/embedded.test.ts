// The embedded engine keeps to the port.
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { searchEngineConformance } from '../../conformance/search-engine.ts';

searchEngineConformance('the embedded engine', (folder) => openEmbedded(folder, 'write'));
