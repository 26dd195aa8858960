// The systems of an answer as a dynamic inventory of Ansible.
import type { Coverage } from '../../schemas/coverage.ts';
import type { InterfaceEntry, OsEntry } from '../../schemas/entries.ts';
import type { SystemRef } from '../../schemas/system.ts';
import type { AskableIndex } from '../restricted.ts';
import { search } from '../search.ts';
import { hostNames } from './host-names.ts';
import { reachableAddress } from './reachable-address.ts';

/** Variables of a host. Values that a guest could have chosen hold nothing that Ansible would run as a template. */
export type HostVariables = Readonly<Record<string, unknown>>;

/** What an inventory script prints for `--list`. */
export interface AnsibleInventory {
  readonly _meta: { readonly hostvars: Readonly<Record<string, HostVariables>> };
  readonly all: { readonly vars: HostVariables };
  readonly [group: string]:
    { readonly hosts: readonly string[] } | AnsibleInventory['_meta'] | AnsibleInventory['all'];
}

/** Which systems, and as of when (null: now). */
export interface InventoryOptions {
  readonly at: Date | null;
  readonly staleAfterHours: number;
  readonly signal: AbortSignal;
}

/** A host under its name. */
interface Host {
  readonly system: SystemRef;
  readonly os: OsEntry | null;
  readonly variables: HostVariables;
}

/** Systems whose facts are asked for at the same time. */
const AT_ONCE = 16;

/** The inventory of the systems that a query finds, with the coverage of the answer. */
export async function ansibleInventory(
  engine: AskableIndex,
  query: string,
  { at, staleAfterHours, signal }: InventoryOptions,
): Promise<{ inventory: AnsibleInventory; coverage: Coverage; hosts: number }> {
  const options = { at, limit: null, evidence: 0, cursor: null, facets: [], staleAfterHours, signal };
  const { systems, coverage, at: answeredFor } = await search(engine, query, options);
  const known = await engine.systems(at?.toISOString() ?? null, signal);
  const names = hostNames(known.map(({ system }) => system));
  const hosts = new Map<string, Host>();
  for (let begin = 0; begin < systems.length; begin += AT_ONCE) {
    const some = systems.slice(begin, begin + AT_ONCE);
    const described = await Promise.all(some.map((hit) => hostOf(engine, hit, { at, signal })));
    for (const host of described) hosts.set(names.get(host.system.id) ?? host.system.id, host);
  }
  const ordered = [...hosts].sort(([a], [b]) => (a < b ? -1 : 1));
  const { complete, inScope, answered, partial, stale, failed, unknown } = coverage;
  const all = {
    vars: {
      unfold_at: answeredFor,
      unfold_coverage: { complete, inScope, answered, partial, stale, failed, unknown },
    },
  };
  const hostvars = Object.fromEntries(ordered.map(([name, { variables }]) => [name, variables]));
  return { inventory: { _meta: { hostvars }, all, ...groups(ordered) }, coverage, hosts: hosts.size };
}

async function hostOf(
  engine: AskableIndex,
  { system, asOf, frame }: { system: SystemRef; asOf: string; frame: string },
  { at, signal }: Pick<InventoryOptions, 'at' | 'signal'>,
): Promise<Host> {
  const facts = async (feature: 'os' | 'interface') => {
    const entries = [];
    const query = { span: { at: at?.toISOString() ?? null }, texts: false, feature };
    for await (const { entry } of engine.facts(system.id, query, signal)) entries.push(entry);
    return entries;
  };
  const [os = null] = (await facts('os')) as OsEntry[];
  const address = reachableAddress(system, (await facts('interface')) as InterfaceEntry[]);
  const variables = {
    ...(address === null ? {} : { ansible_host: address }),
    unfold_id: system.id,
    unfold_name: system.name,
    unfold_kind: system.kind,
    unfold_labels: system.labels,
    unfold_os: os,
    unfold_as_of: asOf,
    unfold_frame: frame,
  };
  return { system, os, variables: guarded(variables) as HostVariables };
}

/** Hosts by kind, operating system and label. Groups whose names only differ in what names may not hold are one. */
function groups(hosts: readonly (readonly [string, Host])[]): Record<string, { hosts: string[] }> {
  const byName = new Map<string, string[]>();
  for (const [name, host] of hosts)
    for (const group of new Set(groupsOf(host))) byName.set(group, [...(byName.get(group) ?? []), name]);
  const ordered = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(ordered.map(([group, members]) => [group, { hosts: members }]));
}

function groupsOf({ system, os }: Host): string[] {
  const { platform, version } = os ?? {};
  const labels = Object.entries(system.labels).map(([key, value]) => groupName('label', key, value));
  return [
    groupName('kind', system.kind),
    ...(platform === undefined ? [] : [groupName('os', platform)]),
    ...(platform === undefined || version === undefined ? [] : [groupName('os', platform, version)]),
    ...labels,
  ];
}

/** A name of letters, digits and underscores, as Ansible demands. */
function groupName(...parts: readonly string[]): string {
  return parts
    .join('_')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_');
}

/** A value in which no text is a template: what looks like one is marked as Ansible marks it. */
function guarded(value: unknown): unknown {
  if (typeof value === 'string') return /\{[{%#]/.test(value) ? { __ansible_unsafe: value } : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [plainName(name), guarded(inner)]));
}

/** Ansible has no mark for names. */
function plainName(name: string): string {
  return name.replaceAll('{', '(');
}
