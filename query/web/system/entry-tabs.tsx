// Packages, processes and connections of a system.
import type { ConnectionEntry, PackageEntry, ProcessEntry } from '../../../schemas/entries.ts';
import { Linked } from '../linked.tsx';
import { bytes, instant } from '../words.ts';
import { EntryTable, type Column } from './entry-table.tsx';
import type { TabProperties } from './tab-properties.ts';

const PACKAGES: readonly Column<PackageEntry>[] = [
  { title: 'Package', text: ({ name }) => name, class: 'strong' },
  { title: 'Version', text: ({ version }) => version, class: 'mono' },
  { title: 'Architecture', text: ({ architecture }) => architecture },
  { title: 'Status', text: ({ status }) => status },
  { title: 'Description', text: ({ description }) => description, class: 'long' },
];

/** The tab of packages. */
export function Packages({ known, at }: TabProperties) {
  return <EntryTable system={known.system.id} at={at} feature="package" word="package" columns={PACKAGES} />;
}

/** The tab of processes. */
export function Processes({ known, at }: TabProperties) {
  const columns: readonly Column<ProcessEntry>[] = [
    { title: 'PID', text: ({ pid }) => pid, class: 'number' },
    { title: 'Name', text: ({ name }) => name, class: 'strong' },
    { title: 'User', text: ({ user }) => user?.name ?? user?.id },
    {
      title: 'Memory',
      text: ({ memory }) => memory?.rss,
      show: ({ memory }) => (memory === undefined ? '' : bytes(memory.rss)),
      class: 'number nowrap',
    },
    {
      title: 'Started',
      text: ({ start }) => start,
      show: ({ start }) => (start === undefined ? '' : instant(start)),
      class: 'nowrap',
    },
    {
      title: 'Command',
      text: ({ command_line }) => command_line,
      show: ({ command_line }) => <Linked text={command_line} at={at} />,
      class: 'mono long',
    },
  ];
  return <EntryTable system={known.system.id} at={at} feature="process" word="process" columns={columns} />;
}

/** The tab of connections. */
export function Connections({ known, at }: TabProperties) {
  const columns: readonly Column<ConnectionEntry>[] = [
    { title: 'Transport', text: ({ transport }) => transport },
    { title: 'State', text: ({ state }) => state },
    {
      title: 'Local',
      text: ({ local, path }) => endOf(local) ?? path,
      show: ({ local, path }) => <Linked text={endOf(local) ?? path ?? ''} at={at} />,
      class: 'mono',
    },
    {
      title: 'Remote',
      text: ({ remote }) => endOf(remote),
      show: ({ remote }) => <Linked text={endOf(remote) ?? ''} at={at} />,
      class: 'mono',
    },
    { title: 'Process', text: ({ process }) => process && `${process.name} ${process.pid}` },
  ];
  return (
    <EntryTable system={known.system.id} at={at} feature="connection" word="connection" columns={columns} />
  );
}

function endOf(end: ConnectionEntry['local']): string | undefined {
  if (end === undefined) return undefined;
  return end.ip.includes(':') ? `[${end.ip}]:${end.port}` : `${end.ip}:${end.port}`;
}
