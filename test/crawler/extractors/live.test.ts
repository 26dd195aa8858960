// What runs becomes entries: in the form of their feature, each key once, without secrets.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connection } from '../../../crawler/extractors/connection.ts';
import type { Extractor } from '../../../crawler/extractors/extractor.ts';
import { networkInterface } from '../../../crawler/extractors/interface.ts';
import { process as processes } from '../../../crawler/extractors/process.ts';
import type { LiveProcess, LiveVisitor } from '../../../crawler/views/live/live-state.ts';
import { ENTRY_SCHEMAS, type ConnectionEntry, type Entry } from '../../../schemas/entries.ts';
import { readFile } from './driving.ts';

interface Extracted {
  readonly entries: Record<string, Entry>;
  readonly masked: Record<string, number>;
}

function extractLive(extractor: Extractor, show: (visitor: LiveVisitor) => void, passwd?: string): Extracted {
  const extracted: Extracted = { entries: {}, masked: {} };
  const not = (): never => {
    throw new Error('not expected');
  };
  const extraction = extractor.start({
    knowledge: {
      users: new Map(),
      groups: new Map(),
      packaged: { get: not, set: not, ownerOf: not, sumOf: not },
    },
    maxFileBytes: 0,
    before: null,
    emit(key: string, entry: Entry) {
      expect(Object.keys(extracted.entries)).not.toContain(key);
      extracted.entries[key] = ENTRY_SCHEMAS[extractor.feature].strict().parse(entry);
    },
    problem: not,
    skipped: not,
    emitFile: not,
    masked: (rule: string, values: number) => void (extracted.masked[rule] = values),
  });
  if (passwd !== undefined) extraction.read?.(readFile('/etc/passwd', passwd));
  extraction.afterReads?.();
  show(extraction.live ?? {});
  return extracted;
}

const PROCESS: LiveProcess = {
  pid: 812,
  vpid: 1,
  parent: 7,
  name: 'postgres',
  executable: '/usr/lib/postgresql/15/bin/postgres',
  args: ['postgres', '-h', '10.20.30.40', '--password', 'hunter2-Tr0ub4dor'],
  truncated: false,
  uid: 113,
  startMs: Date.UTC(2026, 10, 22, 10, 0, 0, 120),
  state: 'S',
  threads: 3,
  rssBytes: 30_000_000,
  cgroup: '/system.slice/postgresql.service',
};

test('a process is an entry in the words of the Elastic Common Schema, its secrets masked', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\npostgres:x:113:120::/var/lib/postgresql:/bin/bash\n';
  const { entries, masked } = extractLive(processes, (visitor) => visitor.process?.(PROCESS), passwd);
  expect(entries).toEqual({
    '812@2026-11-22T10:00:00.120Z': {
      pid: 812,
      vpid: 1,
      parent: { pid: 7 },
      name: 'postgres',
      executable: '/usr/lib/postgresql/15/bin/postgres',
      args: ['postgres', '-h', '10.20.30.40', '--password', '«masked»'],
      command_line: 'postgres -h 10.20.30.40 --password «masked»',
      user: { id: '113', name: 'postgres' },
      start: '2026-11-22T10:00:00.120Z',
      state: 'running',
      threads: 3,
      memory: { rss: 16_777_216 },
      cgroup: '/system.slice/postgresql.service',
    },
  });
  expect(masked).toEqual({ 'command-line': 1 });
});

test('what changes from moment to moment makes no other entry', () => {
  const asleep = extractLive(processes, (visitor) => visitor.process?.(PROCESS));
  const awake = extractLive(processes, (visitor) =>
    visitor.process?.({ ...PROCESS, state: 'R', rssBytes: PROCESS.rssBytes + 4096 }),
  );
  expect(awake).toEqual(asleep);
});

test('any process has the form of its feature', () => {
  const some = fc.record({
    name: fc.string({ unit: 'binary' }),
    args: fc.array(fc.string({ unit: 'binary' })),
    truncated: fc.boolean(),
    state: fc.string(),
    rssBytes: fc.nat(),
    parent: fc.nat(),
  });
  fc.assert(
    fc.property(
      some,
      (about) => void extractLive(processes, (visitor) => visitor.process?.({ ...PROCESS, ...about })),
    ),
  );
});

test('sockets at one place are one entry, and namespaces and ends tell them apart', () => {
  const local = { ip: '::', port: 80 };
  const listening: ConnectionEntry = { transport: 'tcp', state: 'listening', local };
  const remote = { ip: '10.0.0.9', port: 50_000 };
  const { entries } = extractLive(connection, (visitor) => {
    visitor.connection?.({ ...listening, process: { pid: 1, name: 'a' } });
    visitor.connection?.({ ...listening, process: { pid: 2, name: 'b' } });
    visitor.connection?.({ ...listening, namespace: '4026532' });
    visitor.connection?.({
      transport: 'tcp',
      state: 'established',
      local: { ip: '10.0.0.5', port: 80 },
      remote,
    });
    visitor.connection?.({ transport: 'unix', state: 'listening', path: '/run/x y' });
  });
  expect(Object.keys(entries)).toEqual([
    'tcp [::]:80',
    'tcp [::]:80 4026532',
    'tcp 10.0.0.5:80 10.0.0.9:50000',
    'unix /run/x y',
  ]);
  expect(entries['tcp [::]:80']).toMatchObject({ process: { pid: 1 } });
});

test('interfaces of one name in two namespaces are two', () => {
  const { entries } = extractLive(networkInterface, (visitor) => {
    visitor.interface?.({ name: 'eth0', ip: ['10.0.0.5/24'] });
    visitor.interface?.({ name: 'eth0', ip: [], namespace: '4026532' });
  });
  expect(Object.keys(entries)).toEqual(['eth0', 'eth0 4026532']);
});
