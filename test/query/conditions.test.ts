// Groups, patterns, comparisons and addresses in fields, asked of a real index: who is found, by what, and who may be.
import { expect, test } from '@jest/globals';
import type { ConnectionEntry, EntryOf } from '../../schemas/entries.ts';
import type { EntryLine } from '../../schemas/frame.ts';
import { file, installed, os, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { ask, withFleet } from './setting.ts';

function socket(local: string, remote: string | null, more: Partial<ConnectionEntry> = {}): EntryLine {
  const end = (text: string) => ({ ip: text.replace(/:\d+$/, ''), port: Number(text.replace(/^.*:/, '')) });
  const entry: ConnectionEntry = {
    transport: 'tcp',
    state: remote === null ? 'listening' : 'established',
    local: end(local),
    ...(remote === null ? {} : { remote: end(remote) }),
    ...more,
  };
  return { feature: 'connection', key: `tcp ${local} ${remote ?? ''}`, entry };
}

function running(name: string, commandLine: string, user: string): EntryLine {
  const entry: EntryOf<'process'> = {
    pid: name.length,
    name,
    args: commandLine.split(' '),
    command_line: commandLine,
    user: { id: '1', name: user },
  };
  return { feature: 'process', key: name, entry };
}

const LIVE = ['os', 'package', 'file', 'process', 'connection', 'interface'] as const;

const FLEET: readonly FrameSketch[] = [
  {
    system: 'app',
    at: 1,
    features: LIVE,
    entries: [
      os('debian', '12'),
      installed('openssl', '3.0.9-1'),
      installed('libssl3', '3.0.11-1~deb12u2'),
      file('/etc/app.conf', 'db = 10.1.2.3:5432\nmax_connections = 100\n'),
      file('/srv/app/run.sh', 'exec app --port 8080\n', { owner: 'app', mode: '4755' }),
      running('app', '/srv/app/app --port 8080 --verbose', 'app'),
      running('nginx', 'nginx: master process', 'root'),
      socket('10.1.0.1:40000', '10.1.2.3:5432'),
      socket('10.1.0.1:8080', null),
      socket('192.168.1.1:443', '192.168.1.1:40001'),
      {
        feature: 'interface',
        key: 'eth0',
        entry: { name: 'eth0', mac: '52:54:00:00:00:01', ip: ['10.1.0.1/24', 'fe80::1/64'] },
      },
    ],
  },
  {
    system: 'db',
    at: 1,
    features: LIVE,
    entries: [
      os('debian', '11'),
      installed('openssl', '3.0.11-1~deb12u2'),
      installed('other', '1.0'),
      file('/srv/notes', '10.1.2.3 reconnects\n'),
      file('/etc/db.conf', 'port = 5432\n'),
      running('app', '/usr/bin/app', 'root'),
      socket('10.1.2.3:5432', '172.16.0.9:40000'),
      socket('10.1.2.3:22', '10.1.0.1:40002'),
    ],
  },
  { system: 'thin', at: 1, features: ['file'], entries: [file('/etc/app.conf', 'nothing\n')] },
];

test.each<[query: string, names: string[], unknown: number]>([
  ['file:(path:/etc/** 10.1.2.3)', ['app'], 0],
  ['path:/etc/** 10.1.2.3', ['app', 'db'], 0],
  ['file:(-owner:root)', ['app'], 0],
  ['file:(owner:app mode:4755)', ['app'], 0],
  ['-file:(owner:app)', ['db', 'thin'], 0],
  ['process:(app user:root)', ['db'], 1],
  ['process:app user:root', ['app', 'db'], 1],
  ['process:(app command:/--port [0-9]+/)', ['app'], 1],
  ['connection:(remote:10.0.0.0/8 port:22)', ['db'], 1],
  ['connection:(-remote:10.0.0.0/8 state:established)', ['app', 'db'], 1],
  ['connection:(-remote:10.0.0.0/8 port:5432)', ['db'], 1],
  ['connection:(10.1.2.3 state:established)', ['app', 'db'], 1],
  ['remote:10.1.2.3:5432', ['app'], 1],
  ['local:10.1.2.*', ['db'], 1],
  ['ip:10.1.0.0/16', ['app'], 1],
  ['ip:10.1.0.2', [], 1],
  ['ip:fe80::1', ['app'], 1],
  ['port:>=8080', ['app'], 1],
  ['port:20..25', ['db'], 1],
  ['connection:(port:1..9000 remote-port:>40001)', ['db'], 1],
  ['package:openssl version:<3.0.11-1~deb12u2', ['app'], 1],
  ['package:(openssl version:>=3.0.11)', ['db'], 1],
  ['package:openssl version:3.0.10..3.1', ['db'], 1],
  ['package:openssl -version:3.0.9*', ['db'], 1],
  ['os:(debian version:<12)', ['db'], 1],
  ['os.version:>11', ['app'], 1],
  ['max_conn*', ['app'], 0],
  ['*connects', ['db'], 0],
  ['content:*connect*', ['app', 'db'], 0],
  ['/max_\\w+ = \\d+/', ['app'], 0],
  ['content:/^port/', ['db'], 0],
  ['path:/\\.sh$/', ['app'], 0],
  ['-package:other', ['app'], 1],
  ['-package:other -os:debian', [], 1],
  ['file:(package:openssl)', [], 0],
])('%s', async (query, names, unknown) => {
  await withFleet(FLEET, async (engine) => {
    const { systems, total, coverage } = await ask(engine, query);
    expect(systems.map(({ system }) => system.name).sort()).toEqual(names);
    expect(total.systems).toBe(names.length);
    expect(coverage.unknown).toBe(unknown);
    // What is not known is never an answer that says nothing of it.
    if (unknown > 0) expect(coverage.complete).toBe(false);
  });
});

test.each<[query: string, system: string, marked: string[]]>([
  ['connection:(remote:10.0.0.0/8 port:22)', 'db', ['10.1.0.1', '22']],
  ['remote:192.168.1.1', 'app', ['192.168.1.1']],
  ['remote-port:40001', 'app', ['40001']],
  ['package:openssl version:<3.0.11-1~deb12u2', 'app', ['openssl', '3.0.9-1']],
  ['command:/--port \\d+/', 'app', ['--port 8080']],
  ['max_conn*', 'app', ['max_conn']],
  ['ip:fe80::1', 'app', ['fe80::1']],
  ['file:(owner:app mode:4755)', 'app', ['app', '4755']],
  ['file:(path:/etc/* db 10.1.2.3)', 'app', ['db', '10.1.2.3']],
])('%s marks what it asked for', async (query, name, marked) => {
  await withFleet(FLEET, async (engine) => {
    const { systems } = await ask(engine, query);
    const [evidence] = systems.find(({ system }) => system.name === name)?.evidence ?? [];
    expect(evidence?.marks.map(([start, end]) => evidence.snippet.slice(start, end)).sort()).toEqual(
      marked.sort(),
    );
  });
});

test('the other end of a socket between equal addresses is what it is connected to', async () => {
  await withFleet(FLEET, async (engine) => {
    const { systems } = await ask(engine, 'remote:192.168.0.0/16');
    expect(systems[0]?.evidence).toEqual([
      expect.objectContaining({ address: '192.168.1.1', relation: 'contained', role: 'connects-to' }),
    ]);
  });
});
