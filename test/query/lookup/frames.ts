// Frames of systems that write, own, listen at and connect to a few addresses, so that they meet.
import fc from 'fast-check';
import type { EntryLine } from '../../../schemas/frame.ts';
import { file, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';

export const WRITTEN = [
  ...['10.1.2.3', '10.1.2.4', '10.1.2.3:5432', '10.1.2.4:80', '10.1.9.9', '192.0.2.1'],
  ...['10.1.2.0/24', '10.1.0.0/16', '10.1.2.3-10.1.2.20', '10.1.2.3/24', '0.0.0.0/0'],
  ...['2001:db8::1', '[2001:db8::1]:443', '2001:db8::/32', '::ffff:10.1.2.3', 'fe80::1%eth0'],
];

export const ASKED = [
  ...['10.1.2.3', '10.1.2.4', '10.1.2.0/24', '10.1.2.2/31', '10.1.2.10-10.1.3.4', '10.0.0.0/8', '0.0.0.0/0'],
  ...['2001:db8::1', '2001:db8::/48', '::/0', '10.77.0.1'],
];

const IPS = ['10.1.2.3', '10.1.2.4', '10.1.9.9', '0.0.0.0', '2001:db8::1', '127.0.0.1'];

const text = fc
  .array(fc.constantFrom(...WRITTEN, ...WRITTEN, 'and', '\n', '\r\n'), { maxLength: 8 })
  .map((parts) => parts.join(' '));

const fileLine = fc
  .tuple(fc.constantFrom('/etc/a.conf', '/etc/b', '/usr/share/doc/c', '/srv/10.1.2.3'), text)
  .map(([path, content]) => file(path, content));

const endpoint = fc.record(
  { ip: fc.constantFrom(...IPS), port: fc.constantFrom(80, 443, 5432) },
  { noNullPrototype: true },
);

const connectionLine = fc
  .record(
    { state: fc.constantFrom('listening', 'established', 'other'), local: endpoint, remote: endpoint },
    { requiredKeys: ['state', 'local'], noNullPrototype: true },
  )
  .map(({ state, local, remote }): EntryLine => {
    const process = { pid: 5432, name: 'postgres' };
    const ends = state === 'listening' || remote === undefined ? { local } : { local, remote };
    const key = ['tcp', ...Object.values(ends).map(({ ip, port }) => `${ip}:${port}`)].join(' ');
    return { feature: 'connection', key, entry: { transport: 'tcp', state, ...ends, process } };
  });

const interfaceLine = fc
  .subarray(['10.1.2.3/24', '10.1.2.4/32', '2001:db8::1/64', 'fe80::1/64'])
  .map((ip): EntryLine => ({ feature: 'interface', key: 'eth0', entry: { name: 'eth0', ip } }));

const processLine = fc.constantFrom('psql -h 10.1.2.3', 'nc 10.1.2.4 80').map((command): EntryLine => {
  const [name = ''] = command.split(' ');
  return {
    feature: 'process',
    key: `7@${name}`,
    entry: { pid: 7, name, args: command.split(' '), command_line: command },
  };
});

const entry = fc.oneof(
  { weight: 4, arbitrary: fileLine },
  { weight: 3, arbitrary: connectionLine },
  { weight: 1, arbitrary: interfaceLine },
  { weight: 1, arbitrary: processLine },
  { weight: 1, arbitrary: fc.constant(os('debian')) },
);

const LIVE = ['os', 'file', 'process', 'connection', 'interface'] as const;

/** Frames of three systems over five days, in order; some without what runs. */
export const history: fc.Arbitrary<FrameSketch[]> = fc
  .array(
    fc.record({
      system: fc.constantFrom('a', 'b', 'c'),
      at: fc.integer({ min: 1, max: 5 }),
      entries: fc.uniqueArray(entry, { maxLength: 7, selector: ({ feature, key }) => `${feature} ${key}` }),
      isLive: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((sketches) =>
    sketches
      .toSorted((one, other) => one.at - other.at)
      .map(({ isLive, entries, ...sketch }): FrameSketch => {
        const features = isLive ? LIVE : (['os', 'file'] as const);
        return {
          ...sketch,
          features,
          entries: entries.filter(({ feature }) => (features as readonly string[]).includes(feature)),
        };
      }),
  );
