// Histories as they come: whole frames and deltas, partial and failed ones, late, twice, and from two crawlers of one system.
import fc from 'fast-check';
import { Feature, type FileEntry } from '../../../schemas/entries.ts';
import type { EntryLine, LeftOut } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import { file, installed, instant, os, type FrameSketch } from './frames.ts';

/** A frame to be applied, and the way it travels. */
export interface Step {
  readonly sketch: FrameSketch;
  readonly form: 'whole' | 'delta';
  /** Applied a second time at once. */
  readonly twice: boolean;
}

export const WORDS = [
  ...['apple', 'Pear', 'größe', 'gro\u0308ße', '10', 'etc', 'conf', 'debian', 'nginx', 'ΣΊΣΥΦΟΣ', 'σίσυφος'],
  ...['İstanbul', 'ﬁle', '設定', '😀', 'x'.repeat(250), `${'x'.repeat(250)}y`, 'a_b', 'e2e4'],
];
export const ADDRESSES = [
  ...[
    '10.1.2.3',
    '10.1.2.0/24',
    '10.1.0.0/16',
    '10.1.2.200-10.1.3.4',
    '10.1.2.3/24',
    '0.0.0.0/0',
    '255.255.255.255',
  ],
  ...['2001:db8::1', '2001:db8::/32', '2001:db8::ffff', '::1', '::/0', '::ffff:10.1.2.3', 'fe80::1%eth0'],
  ...['10.1.2.0 255.255.255.0', '3.2.1.10.in-addr.arpa', String.raw`10\.1\.2\.3`],
];
export const PATHS = [
  ...[
    '/etc/a.conf',
    '/etc/a.conf/b',
    '/etc/b',
    '/usr/share/doc/a',
    '/opt/Apple',
    '/OPT/apple',
    '/10.1.2.3',
    '/',
    '/etc',
  ],
  ...['/etc/größe', '/srv/\ue000', '/srv/😀', '/srv/設定 1'],
];
export const INSTANTS = 12;

const SYSTEMS = ['s1', 's2', 's3', 's4'];
const SHA256 = ['a', 'b'].map((digit) => digit.repeat(64));

const text = fc
  .array(fc.constantFrom(...WORDS, ...ADDRESSES, '=', '\n', 'apple-pear', 'x', '#', '\u0000'), {
    maxLength: 6,
  })
  .map((parts) => parts.join(' '));

const fileLine = fc
  .record(
    {
      path: fc.constantFrom(...PATHS),
      text,
      inode: fc.nat(2),
      owner: fc.constantFrom('root', 'Postgres'),
      mode: fc.constantFrom('0644', '4755'),
      mtime: fc.constantFrom('2025-12-01T00:00:00.000Z', '2025-12-01T00:00:00Z', '2025-12-05T00:00:00.000Z'),
      ctime: fc.constantFrom('2025-12-02T00:00:00.000Z', '2025-12-02T00:00:00.123456Z'),
      skipped: fc.constantFrom('unreadable' as const, 'binary' as const, 'not-read' as const),
      hash: fc.constantFrom(...SHA256).map((sha256) => ({ sha256 })),
      package: fc.record({ name: fc.constantFrom('nginx', 'apple') }),
      target: fc.constantFrom(...PATHS),
    },
    { requiredKeys: ['path', 'inode', 'owner', 'mode', 'mtime', 'ctime'] },
  )
  .map(({ path, text: content, skipped, target, ...more }): EntryLine => {
    const all: Partial<FileEntry> = { ...more, size: 7 };
    if (target !== undefined) return file(path, undefined, { ...all, type: 'symlink', target_path: target });
    return skipped === undefined ? file(path, content, all) : file(path, undefined, { ...all, skipped });
  });

const packageLine = fc
  .record({
    name: fc.constantFrom('nginx', 'apple', 'Redis'),
    version: fc.constantFrom('1', '1:2.0~rc1-3', '10.1.2.3'),
    status: fc.constantFrom('installed', 'installed', 'config-files'),
    description: fc.constantFrom('pear server', 'größe'),
  })
  .map(({ name, version, ...more }) => installed(name, version, more));

const processLine = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom('nginx -c /etc/a.conf', 'apple --listen 10.1.2.3:80'),
  )
  .map(([pid, command]): EntryLine => {
    const [name = ''] = command.split(' ');
    return {
      feature: 'process',
      key: `${pid}@1`,
      entry: { pid, name, args: command.split(' '), command_line: command },
    };
  });

const connectionLine = fc
  .tuple(fc.constantFrom('10.1.2.3', '2001:db8::1', '0.0.0.0'), fc.constantFrom(80, 443))
  .map(([ip, port]): EntryLine => {
    const entry = {
      transport: 'tcp',
      state: 'listening',
      local: { ip, port },
      process: { pid: 1, name: 'nginx' },
    };
    return { feature: 'connection', key: `tcp ${ip}:${port}`, entry };
  });

const interfaceLine = fc
  .subarray(['10.1.2.3/24', '2001:db8::1/64', 'fe80::1/64'])
  .map((ip): EntryLine => ({ feature: 'interface', key: 'eth0', entry: { name: 'eth0', ip } }));

const entry = fc.oneof(
  { weight: 8, arbitrary: fileLine },
  { weight: 3, arbitrary: packageLine },
  { weight: 1, arbitrary: fc.constantFrom('debian', 'alpine').map((platform) => os(platform)) },
  { weight: 1, arbitrary: processLine },
  { weight: 1, arbitrary: connectionLine },
  { weight: 1, arbitrary: interfaceLine },
);

const problem = fc
  .record(
    {
      code: fc.constant('UNFOLD_UNREADABLE'),
      extractor: fc.constantFrom('file', 'tree', 'dpkg', 'dpkg-files', 'os', 'other'),
      path: fc.constantFrom('/etc', '/etc/a.conf', '/', '/srv/', '/var/lib/dpkg/status'),
      message: fc.constant('denied'),
    },
    { requiredKeys: ['code', 'extractor', 'message'] },
  )
  .map((one): Problem => one);

const leftOut = fc.record({
  path: fc.constantFrom('/etc', '/srv', '/opt/Apple'),
  reason: fc.constantFrom('other-mount' as const, 'own-data' as const, 'not-mounted' as const),
}) satisfies fc.Arbitrary<LeftOut>;

/** One system under one id, which may be renamed from crawl to crawl. */
const system = fc
  .record({
    id: fc.constantFrom(...SYSTEMS).map((name) => `rootfs:host1/srv/${name}`),
    kind: fc.constantFrom('host' as const, 'host' as const, 'vm' as const),
    name: fc.constantFrom('', '', '-renamed'),
    labels: fc.constantFrom({}, { tier: 'db' }),
  })
  .map(({ name, ...ref }): SystemRef => ({ ...ref, name: `${ref.id.slice(-2)}${name}` }));

const few = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 2 }) },
  );

/** A frame of one of a few systems, in a few days. */
const sketch = fc
  .record({
    system,
    at: fc.integer({ min: 1, max: INSTANTS }).map(instant),
    features: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Feature[]>([...Feature.options]) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Feature[]>(['file'], ['package', 'os'], ['os', 'package', 'file']),
      },
    ),
    // Entries of one key may come twice: the first stands.
    entries: fc.array(entry, { maxLength: 9 }),
    problems: few(problem),
    leftOut: few(leftOut),
    failed: fc.nat(9).map((number) => number === 0),
  })
  .map(({ failed, entries, ...rest }): FrameSketch => ({
    ...rest,
    entries: entries.filter(({ feature }) => rest.features.includes(feature)),
    ...(failed ? { status: 'failed' as const } : {}),
  }));

/** A delta's crawler, which remembers what it saw, never has an entry twice. */
const step: fc.Arbitrary<Step> = fc
  .tuple(sketch, fc.constantFrom('whole' as const, 'delta' as const), fc.nat(9))
  .map(([one, form, number]) => ({
    sketch: form === 'delta' ? { ...one, entries: distinct(one.entries) } : one,
    form,
    twice: number === 0,
  }));

/** Frames in the order in which they arrive, which is not that of time: some come too late. */
export const history: fc.Arbitrary<Step[]> = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 9 }), fc.nat(3))
  .map(([steps, late]) => {
    // Mostly in order, or few frames would count.
    const inTime = steps.toSorted((a, b) => (instant(a.sketch.at) < instant(b.sketch.at) ? -1 : 1));
    const [moved] = inTime.splice(late, 1);
    return moved === undefined ? inTime : [...inTime, moved];
  });

function distinct(entries: readonly EntryLine[] = []): EntryLine[] {
  const nameOf = ({ feature, key }: EntryLine) => `${feature} ${key}`;
  return entries.filter((line, at) => entries.findIndex((one) => nameOf(one) === nameOf(line)) === at);
}
