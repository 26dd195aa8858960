// A small real index for tests of answers.
import type { Index } from '../../indexer/engines/index-keeping.ts';
import type { SearchEngine } from '../../indexer/engines/search-engine.ts';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import { search, type SearchOptions } from '../../query/search.ts';
import type { Answer } from '../../schemas/answer.ts';
import { file, installed, os, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { apply, NO_SIGNAL, withEngine } from '../conformance/search-engine/setting.ts';

/** Three systems of January 2026: a web server, its database, and a crawl that could not read everything. */
export const FLEET: readonly FrameSketch[] = [
  {
    system: 'web1',
    at: 1,
    entries: [
      os('debian'),
      installed('nginx', '1.22.1-9', { description: 'small, powerful, scalable web/proxy server' }),
      file('/etc/app.conf', '# database\n\ndb = 10.20.30.40:5432\nfallback = 10.20.30.40, 10.20.30.41\n'),
      file('/etc/hosts', '127.0.0.1 localhost\r\n10.20.30.40\tdb1 db1.example.com\r\n'),
      file('/etc/firewall.rules', 'allow 10.20.0.0/16\nallow 10.20.30.30-10.20.30.50\ndeny 0.0.0.0/0\n'),
      file('/usr/share/doc/10.20.30.40', 'nothing'),
    ],
  },
  {
    system: { id: 'disk:host1/images/db1.qcow2', kind: 'vm', name: 'db1', labels: { tier: 'data' } },
    at: 2,
    entries: [
      os('debian', '11'),
      installed('postgresql', '13.9-0'),
      file('/etc/postgresql/postgresql.conf', 'max_connections = 100\nshared_buffers = 128MB\n'),
    ],
  },
  {
    system: 'cut1',
    at: 3,
    entries: [os('alpine', '3.18'), file('/etc/motd', 'welcome\u001b[2J\u009b31m to max_connections\n')],
    problems: [
      { code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/srv/private', message: 'permission denied' },
    ],
  },
];

/** Runs a test with an engine that holds frames. */
export function withFleet<T>(frames: readonly FrameSketch[], run: (engine: Index) => Promise<T>): Promise<T> {
  return withEngine(
    (folder) => openEmbedded(folder, 'write'),
    async (engine) => {
      for (const sketch of frames) await apply(engine, sketch);
      return run(engine);
    },
  );
}

/** An answer with everything in it. */
export function ask(
  engine: SearchEngine,
  text: string,
  options: Partial<SearchOptions> = {},
): Promise<Answer> {
  return search(engine, text, {
    at: null,
    limit: null,
    evidence: null,
    cursor: null,
    facets: [{ field: 'kind', size: 5 }],
    staleAfterHours: 1_000_000,
    signal: NO_SIGNAL,
    ...options,
  });
}
