// Live state of this machine and of processes that the tests start, against ps, ss and ip.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ConnectionEntry } from '../../../schemas/entries.ts';
import { ProcFolder } from '../../../crawler/views/live/proc-folder.ts';
import { live } from './live-child.ts';
import {
  inNetworkOf,
  namespaceOf,
  startServices,
  startWords,
  testWithNamespaces,
  type Running,
} from './live-setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-live-'));
const started: Running[] = [];
afterAll(async () => {
  for (const running of started) await running.end();
  rmSync(folder, { recursive: true });
});

async function running(start: Promise<Running>): Promise<Running> {
  const child = await start;
  started.push(child);
  return child;
}

const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** One line of ps a process: what does not change while nothing happens. */
function ps(): Map<number, string> {
  const lines = execFileSync('ps', ['-ww', '-eo', 'pid=,ppid=,nlwp=,uid=,lstart=,comm='], {
    encoding: 'utf8',
  });
  return new Map(
    lines.split('\n').flatMap((line) => {
      const [, pid, rest] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [[Number(pid), rest?.replace(/\s+/g, ' ') ?? '']];
    }),
  );
}

describe('processes', () => {
  test('are those of ps', async () => {
    const before = ps();
    const { processes } = await live();
    const after = ps();
    const seen = new Map(processes.map((process) => [process.pid, process]));
    expect(seen.size).toBe(processes.length);
    const quiet = [...before].filter(([pid, line]) => after.get(pid) === line);
    expect(quiet.length).toBeGreaterThan(5);
    const boot = Number(
      /^btime (\d+)$/m.exec(execFileSync('cat', ['/proc/stat'], { encoding: 'utf8' }))?.[1],
    );
    for (const [pid, line] of quiet) {
      const process = seen.get(pid);
      const [ppid, nlwp, uid] = line.split(' ').map(Number);
      expect(process).toMatchObject({ pid, parent: ppid, threads: nlwp, uid });
      const lstart = Date.parse(line.split(' ').slice(3, 8).join(' '));
      // ps has no fractions of seconds.
      expect(Math.abs((process?.startMs ?? 0) - lstart)).toBeLessThan(1500);
      expect(process?.startMs).toBeGreaterThanOrEqual(boot * 1000);
    }
    for (const { pid } of processes) expect(before.has(pid) || after.has(pid)).toBe(true);
  });

  test('tell arguments, executable, memory, and no descriptor stays open', async () => {
    const before = openFiles();
    const { processes } = await live();
    expect(openFiles()).toBeLessThanOrEqual(before);
    const self = processes.find(({ pid }) => pid === process.pid);
    expect(self).toMatchObject({
      executable: process.execPath,
      truncated: false,
      state: expect.stringMatching(/[RS]/),
    });
    expect(self?.args).toContain(process.argv[1]);
    expect(self?.rssBytes).toBeGreaterThan(1_000_000);
    expect(Math.abs((self?.startMs ?? 0) - (Date.now() - process.uptime() * 1000))).toBeLessThan(3000);
  });

  test('may call themselves whatever they like', async () => {
    const script = String.raw`fs.writeFileSync('/proc/self/comm', Buffer.from('a) R 1\n==> \xff', 'latin1')); console.log('ready'); process.stdin.resume()`;
    const args = ['==> /etc/shadow <==\n0.0.0.0:22', '--password', 'x\ny'];
    const { pid } = await running(startWords([process.execPath, '-e', script, '--', ...args]));
    const { processes } = await live();
    expect(processes.find((each) => each.pid === pid)).toMatchObject({
      name: 'a) R 1\n==> \\xff',
      args: [process.execPath, '-e', script, '--', ...args],
      parent: process.pid,
    });
  });

  test('of enormous command lines are told in part, and it is said', async () => {
    const { pid } = await running(
      startWords(['bash', '-c', 'echo ready; read -r _; :', 'sh', 'x'.repeat(100_000)]),
    );
    const found = (await live()).processes.find((each) => each.pid === pid);
    expect(found?.truncated).toBe(true);
    expect(found?.args.join(' ').length).toBeLessThanOrEqual(65_536);
  });

  test('that come and go by the hundreds end no reading', async () => {
    const storm = spawn(
      'bash',
      ['-c', 'while :; do for n in 1 2 3 4 5 6 7 8; do (exec -a "storm" sleep 0.01) & done; wait; done'],
      {
        stdio: 'ignore',
        detached: true,
      },
    );
    try {
      for (let round = 0; round < 5; round++) {
        const { processes, problems } = await live();
        expect(new Set(processes.map(({ pid, startMs }) => `${pid} ${startMs}`)).size).toBe(processes.length);
        expect(processes.map(({ pid }) => pid)).toContain(process.pid);
        expect(problems.filter(({ extractor }) => extractor !== 'live-detail')).toEqual([]);
      }
    } finally {
      process.kill(-(storm.pid ?? 0), 'SIGKILL');
    }
  });

  test('an abort ends the reading with its reason', async () => {
    const reason = new Error('stopped by the test');
    await expect(live(undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('are looked for in a proc file system alone', () => {
    expect(() => ProcFolder.open(folder)).toThrow(expect.objectContaining({ code: 'UNFOLD_UNREADABLE' }));
    expect(() => ProcFolder.open(join(folder, 'missing'))).toThrow(
      expect.objectContaining({ code: 'UNFOLD_UNREADABLE' }),
    );
  });
});

/** Sockets as `ss -Htuanp` and `ss -Hxlp` tell them, in our words. */
function ss(pid: number): string[] {
  const inet = inNetworkOf(pid, 'ss', '-Htuanp')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [transport = '', state = '', , , local = '', remote = '', users = ''] = line.split(/\s+/);
      const states: Record<string, string> = {
        LISTEN: 'listening',
        UNCONN: 'listening',
        ESTAB: 'established',
        'SYN-SENT': 'opening',
      };
      const word = states[state] ?? 'closing';
      return [transport, word, plain(local), word === 'listening' ? '-' : plain(remote), holder(users)].join(
        ' ',
      );
    });
  const unix = inNetworkOf(pid, 'ss', '-Hxlp')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const fields = line.split(/\s+/);
      return ['unix', 'listening', fields[4], '-', holder(line)].join(' ');
    });
  return [...inet, ...unix].sort();
}

/** `*:80` is any address of both families; `%lo` is a scope. */
function plain(endpoint: string): string {
  return endpoint
    .replace(/^\*:/, '[::]:')
    .replace('[::ffff:', '')
    .replace(/^([\d.]+)\]/, '$1')
    .replace(/%\w+/, '');
}

function holder(users: string): string {
  return /pid=(\d+)/.exec(users)?.[1] ?? '-';
}

function told({ transport, state, local, remote, path, process: by }: ConnectionEntry): string {
  const written = (end: typeof local): string =>
    end === undefined ? '-' : `${end.ip.includes(':') ? `[${end.ip}]` : end.ip}:${end.port}`;
  return [transport, state, path ?? written(local), written(remote), by?.pid ?? '-'].join(' ');
}

describe('sockets and interfaces', () => {
  testWithNamespaces('are those of ss and ip, in every namespace, each namespace once', async () => {
    const network = `
      ip link set lo up; ip link add front0 type veth peer name back0; ip addr add 10.77.1.2/24 dev front0
      ip addr add 10.77.1.3/24 dev front0; ip addr add fd77::2/64 dev front0 nodad; ip addr add 10.77.2.9/32 dev back0
      ip addr add 10.77.3.1/20 dev back0; ip link set front0 up; ip link set back0 up`;
    const services = await running(
      startServices(
        {
          tcp: [
            ['0.0.0.0', 80],
            ['::', 5432],
            ['::ffff:127.0.0.1', 81],
            ['10.77.1.2', 82],
            ['fd77::2', 83],
          ],
          udp: [
            ['udp4', '0.0.0.0', 53],
            ['udp6', '::1', 53],
          ],
          unix: [join(folder, 'service.sock'), '\0abstract'],
          connect: [
            ['127.0.0.1', 80],
            ['10.77.1.3', 5432],
            ['fd77::2', 83],
          ],
        },
        network,
      ),
    );
    const other = await running(startServices({ tcp: [['127.0.0.1', 4711]] }));
    const { connections, interfaces, problems } = await live();
    expect(problems.filter(({ extractor }) => extractor !== 'live-detail')).toEqual([]);

    for (const { pid } of [services, other]) {
      const own = namespaceOf(pid);
      const here = connections.filter(({ namespace }) => namespace === own);
      expect(here.length).toBe(pid === services.pid ? 15 : 1);
      expect(here.map(told).sort()).toEqual(ss(pid));
      const asTold = JSON.parse(inNetworkOf(pid, 'ip', '-j', 'addr')) as {
        ifname: string;
        addr_info: { local: string; prefixlen: number }[];
      }[];
      const byName = interfaces.filter(({ namespace }) => namespace === own);
      expect(byName.map(({ name }) => name).sort()).toEqual(asTold.map(({ ifname }) => ifname).sort());
      for (const { ifname, addr_info: addresses } of asTold) {
        const ip = addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort();
        const seen = byName.find(({ name }) => name === ifname)?.ip.toSorted();
        expect(seen?.map((each) => each.replace('10.77.2.9/20', '10.77.2.9/32'))).toEqual(ip);
      }
    }
    expect(connections).toContainEqual({
      transport: 'tcp',
      state: 'listening',
      local: { ip: '127.0.0.1', port: 4711 },
      process: { pid: other.pid, name: expect.any(String) },
      namespace: namespaceOf(other.pid),
    });
  });

  testWithNamespaces('are told by the ten thousand', async () => {
    const { pid } = await running(startServices({ pairs: 5000 }));
    const { connections } = await live();
    const own = namespaceOf(pid);
    const here = connections.filter(({ namespace }) => namespace === own);
    expect(here).toHaveLength(10_001);
    expect(here.every((each) => each.process?.pid === pid)).toBe(true);
  });

  testWithNamespaces('without the right to see open files have no owner, and are there', async () => {
    const child = join(import.meta.dirname, 'live-child.ts');
    const { pid } = await running(
      startWords([
        process.execPath,
        join(import.meta.dirname, 'services-child.ts'),
        JSON.stringify({ tcp: [['127.0.0.1', 47_117]] }),
      ]),
    );
    const words = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath, child];
    const found = JSON.parse(
      execFileSync('setpriv', words, { encoding: 'utf8', maxBuffer: 1 << 26 }),
    ) as Awaited<ReturnType<typeof live>>;
    expect(found.connections).toContainEqual({
      transport: 'tcp',
      state: 'listening',
      local: { ip: '127.0.0.1', port: 47_117 },
    });
    expect(found.processes.map((each) => each.pid)).toContain(pid);
    expect(found.problems.map(({ code, extractor }) => `${code} ${extractor}`)).toEqual([
      'UNFOLD_UNREADABLE live-detail',
      'UNFOLD_UNREADABLE live-detail',
      'UNFOLD_UNREADABLE live-detail',
    ]);
  });
});
