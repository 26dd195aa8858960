// What the tests of the page look at.
import { file, installed, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import type { EntryLine } from '../../../schemas/frame.ts';
import { freshFleet } from '../../cli/process.ts';

export const HOSTILE = '<img src=x onerror="document.title=1"> <script>alert(1)</script> hostile';

/** The small fleet, a system that attacks its readers, and enough alike for a second page. */
export function shownFleet(): FrameSketch[] {
  const at = new Date(Date.now() - 60_000).toISOString();
  const alike = Array.from({ length: 25 }, (_, number) => ({
    system: `alike${number}`,
    at,
    entries: [os('debian'), installed(`tool${number}`), file('/etc/alike.conf', 'alike = true\n')],
  }));
  return [
    ...freshFleet(),
    ...storied(),
    { system: '<b>evil</b>', at, entries: [file('/etc/motd', HOSTILE)] },
    ...alike,
  ];
}

const STORIED = {
  id: 'libvirt:kvm1/app1',
  kind: 'vm',
  name: 'app1',
  labels: { env: 'prod' },
} as const;

/** A system with a history, and everything that a view can show. */
function storied(): FrameSketch[] {
  const features = ['os', 'package', 'file', 'process', 'connection', 'interface'] as const;
  const frame = (minutes: number, version: string, entries: readonly EntryLine[]): FrameSketch => ({
    system: STORIED,
    at: new Date(Date.now() - minutes * 60_000).toISOString(),
    features,
    entries: [os('debian'), installed('shop', version), ...running(), ...entries],
  });
  const old = file('/etc/shop/shop.conf', 'listen 8080\ndatabase 10.77.1.5:5432\nworkers 2\n');
  const now = file('/etc/shop/shop.conf', 'listen 8080\ndatabase 10.77.1.9:5432\nworkers 2\n');
  return [frame(30, '1.0-1', [old]), frame(1, '1.1-1', [now, file('/etc/shop/<b>new', HOSTILE)])];
}

function running(): EntryLine[] {
  const process = { pid: 42, name: 'shopd' };
  const local = { ip: '10.77.1.2', port: 40_000 };
  const remote = { ip: '10.77.1.9', port: 5432 };
  const command_line = 'shopd --db 10.77.1.9 <b>bold</b>';
  return [
    { feature: 'process', key: '42@x', entry: { ...process, args: command_line.split(' '), command_line } },
    {
      feature: 'connection',
      key: 'tcp a b',
      entry: { transport: 'tcp', state: 'established', local, remote, process },
    },
    {
      feature: 'connection',
      key: 'tcp c',
      entry: { transport: 'tcp', state: 'listening', local: { ip: '0.0.0.0', port: 8080 }, process },
    },
    { feature: 'interface', key: 'eth0', entry: { name: 'eth0', ip: ['10.77.1.2/24'] } },
  ];
}
