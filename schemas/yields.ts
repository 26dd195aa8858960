// Which features a problem puts in doubt: crawlers and indexes have to agree about it.
import type { Feature } from './entries.ts';

/** What the parts of a crawl yield, by the name that is a problem's `extractor`; that of any other puts every feature in doubt. Views walk for `file`. */
export const YIELDS: Readonly<Partial<Record<string, readonly Feature[]>>> = {
  os: ['os'],
  dpkg: ['package'],
  'dpkg-files': ['file'],
  file: ['file'],
  tree: ['file'],
  process: ['process'],
  connection: ['connection'],
  interface: ['interface'],
  // It costs entries a detail, and never an entry.
  'live-detail': [],
  // A container that could not be paused is read all the same.
  pause: [],
};
