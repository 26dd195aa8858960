// What the kernel writes into /proc, hostile names included, and what is made of it.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseInterfaces } from '../../../crawler/views/live/interface-files.ts';
import { ipv6, parseInetSockets, parseUnixSockets } from '../../../crawler/views/live/net-files.ts';
import {
  insideUser,
  parseArguments,
  parseCgroup,
  parseStat,
  parseStatus,
} from '../../../crawler/views/live/proc-files.ts';

/** /proc/PID/stat of a process with that name. */
const stat = (name: string, flags = '4194304'): string =>
  `812 (${name}) S 7 812 812 0 -1 ${flags} 98 0 0 0 0 0 0 0 20 0 3 0 1241801 3133440 360 1844674407370955\n`;

describe('one process', () => {
  test('may have any name', () => {
    for (const name of ['nginx', 'a) R 1', '==> /etc/x\n<==', '(((', ')))', '', '\xff\xfe', '1 (x) Z 1']) {
      expect(parseStat(stat(name))).toEqual({
        name,
        state: 'S',
        parent: 7,
        kernelThread: false,
        threads: 3,
        startTicks: 1_241_801,
      });
    }
  });

  test('that is cut, or nonsense, is none', () => {
    for (let cut = 0; cut < 60; cut++) expect(parseStat(stat('nginx').slice(0, cut))).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => void parseStat(text)));
  });

  test('of the kernel is named without what it works on', () => {
    expect(parseStat(stat('kworker/u8:3-flush-254:0', '69238880'))).toMatchObject({
      name: 'kworker/u8:3',
      kernelThread: true,
    });
    expect(parseStat(stat('kworker/u8:3-flush-254:0'))).toMatchObject({ name: 'kworker/u8:3-flush-254:0' });
  });

  test('has a user, a number of its own and memory', () => {
    const status = 'Name:\tx\\nUid:\t0\nUid:\t1000\t1001\t1000\t1000\nNSpid:\t812\t9\t2\nVmRSS:\t  2048 kB\n';
    expect(parseStatus(status)).toEqual({ uid: 1001, vpid: 2, rssBytes: 2_097_152 });
    expect(parseStatus('Name:\tx\n')).toEqual({ rssBytes: 0 });
  });

  test('has arguments, also where it wrote over them', () => {
    expect(parseArguments('')).toEqual([]);
    expect(parseArguments('a\0\0b c\0')).toEqual(['a', '', 'b c']);
    expect(parseArguments('nginx: worker process\0\0\0\0\0')).toEqual(['nginx: worker process']);
  });

  test('is in the control group that tells most', () => {
    expect(parseCgroup('0::/system.slice/ssh.service\n')).toBe('/system.slice/ssh.service');
    expect(parseCgroup('9:name=systemd:/a\n4:memory:/longer/b\n0::/\n')).toBe('/a');
    expect(parseCgroup('8:pids:/\n4:memory:/docker/abc\n3:cpu:/\n0::/\n')).toBe('/docker/abc');
    expect(parseCgroup('0::/\n')).toBeUndefined();
  });

  test('has another user number in a namespace of users', () => {
    const map = '         0       1000          1\n         1     100000      65536\n';
    expect([1000, 100_000, 165_535, 0, 165_536].map((uid) => insideUser(map, uid))).toEqual([
      0,
      1,
      65_536,
      undefined,
      undefined,
    ]);
  });
});

describe('sockets', () => {
  test('listen, connect, open and close; a v4-mapped address is its IPv4', () => {
    const tail =
      '00000000:00000000 00:00000000 00000000  1000        0 909260 1 0000000020bb3399 100 0 0 10 0';
    const lines = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      `   0: 0100007F:1538 00000000:0000 0A ${tail}`,
      `   1: 0200000A:C350 281E140A:1538 01 ${tail}`,
      `   2: 0200000A:C351 281E140A:1538 06 ${tail.replace('909260', '0')}`,
      `   3: 0000000000000000FFFF00000100007F:1538 0000000000000000FFFF00000200000A:C350 01 ${tail}`,
      `   4: B80D01200000000000000000010000FE:01BB 00000000000000000000000000000000:0000 02 ${tail}`,
    ];
    const found = parseInetSockets(lines.join('\n'), 'tcp');
    expect(found.map(({ inode }) => inode)).toEqual([909_260, 909_260, 0, 909_260, 909_260]);
    expect(found.map(({ connection }) => connection)).toEqual([
      { transport: 'tcp', state: 'listening', local: { ip: '127.0.0.1', port: 5432 } },
      {
        transport: 'tcp',
        state: 'established',
        local: { ip: '10.0.0.2', port: 50_000 },
        remote: { ip: '10.20.30.40', port: 5432 },
      },
      {
        transport: 'tcp',
        state: 'closing',
        local: { ip: '10.0.0.2', port: 50_001 },
        remote: { ip: '10.20.30.40', port: 5432 },
      },
      {
        transport: 'tcp',
        state: 'established',
        local: { ip: '127.0.0.1', port: 5432 },
        remote: { ip: '10.0.0.2', port: 50_000 },
      },
      {
        transport: 'tcp',
        state: 'opening',
        local: { ip: '2001:db8::fe00:1', port: 443 },
        remote: { ip: '::', port: 0 },
      },
    ]);
  });

  test('write IPv6 as it is written elsewhere', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (numbers) => {
        const text = numbers.map((group) => group.toString(16)).join(':');
        const bytes = Buffer.alloc(16);
        numbers.forEach((group, index) => bytes.writeUInt16BE(group, 2 * index));
        expect(`[${ipv6(bytes)}]`).toBe(new URL(`http://[${text}]`).hostname);
      }),
    );
    expect(ipv6(Buffer.from('00000000000000000000ffff0a000001', 'hex'))).toBe('10.0.0.1');
  });

  test('of files are those that accept; a name may hold anything, and feign nothing of others', () => {
    const line = (flags: string, type: string, state: string, inode: number, path: string): string =>
      `0000000020e7cec4: 00000003 00000000 ${flags} ${type} ${state} ${inode} ${path}`;
    const text = [
      'Num       RefCount Protocol Flags    Type St Inode Path',
      line('00010000', '0001', '01', 11, '/run/a b'),
      line('00000000', '0001', '03', 12, '/run/connected'),
      line('00000000', '0002', '01', 13, '/dev/log'),
      line('00010000', '0005', '01', 14, '@abstract'),
      line('00010000', '0001', '01', 15, `/x\n${line('00010000', '0001', '01', 11, '/feigned')}`),
      '0000000020e7cec4: 00000003 00000000 00010000 0001 01 16',
    ].join('\n');
    expect(parseUnixSockets(text).map(({ inode, connection }) => [inode, connection.path])).toEqual([
      [0, '/run/a b'],
      [13, '/dev/log'],
      [14, '@abstract'],
      [15, '/x'],
      [0, '/feigned'],
    ]);
  });
});

describe('interfaces', () => {
  const dev = (...names: string[]): string =>
    [
      'Inter-|   Receive',
      ' face |bytes',
      ...names.map((name) => `${name.padStart(6)}: 6687200480  174660 0 0`),
    ].join('\n');
  const leaf = (ip: string, ...under: string[]): string =>
    `     |-- ${ip}\n${under.map((each) => `        ${each}\n`).join('')}`;
  const loopback = leaf('127.0.0.0', '/8 host LOCAL') + leaf('127.0.0.1', '/32 host LOCAL');
  const route = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask',
    'eth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000',
    'eth0\t0000000A\t00000000\t0001\t0\t0\t0\t0000FFFF',
    'wg0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF',
  ].join('\n');

  test('have the addresses of the smallest network around them', () => {
    const found = parseInterfaces({
      dev: dev('lo', 'eth0', 'wg0', 'idle0'),
      route,
      fibTrie: `Main:\n${loopback}${leaf('10.0.1.7', '/32 host LOCAL')}${leaf('10.0.2.7', '/32 host LOCAL')}${leaf('10.0.255.255', '/32 link BROADCAST')}Local:\n${loopback}`,
      ifInet6:
        'fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n00000000000000000000000000000001 01 80 10 80       lo\n',
    });
    expect(Object.fromEntries(found)).toEqual({
      lo: ['127.0.0.1/8', '::1/128'],
      eth0: ['10.0.1.7/16', 'fe80::fc:ff:fe00:1/64'],
      wg0: ['10.0.2.7/24'],
      idle0: [],
    });
  });

  test('alone besides the loopback have what no network tells; of several none', () => {
    const fibTrie = loopback + leaf('10.244.1.5', '/32 host LOCAL');
    const files = { route: 'Iface\n', fibTrie, ifInet6: '' };
    expect(Object.fromEntries(parseInterfaces({ ...files, dev: dev('lo', 'eth0') }))).toEqual({
      lo: ['127.0.0.1/8'],
      eth0: ['10.244.1.5/32'],
    });
    expect(Object.fromEntries(parseInterfaces({ ...files, dev: dev('lo', 'a0', 'b0') }))).toMatchObject({
      '': ['10.244.1.5/32'],
    });
  });
});
