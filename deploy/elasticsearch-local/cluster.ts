// A cluster of one or three nodes on loopback, over a folder that keeps its data.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { UnfoldError } from '../../schemas/error.ts';
import {
  freePort,
  httpAddress,
  lastWords,
  runningNode,
  startNode,
  stopNode,
  transportAddress,
} from './node.ts';
import { type Major, provideServer, type Server } from './server.ts';

/** How a cluster is started. */
export interface ClusterSetting {
  readonly major: Major;
  readonly nodes: 1 | 3;
  /** HTTP port of the first node; the next have the next. 0: free ones. */
  readonly port: number;
  readonly heapMegabytes: number;
  /** The nodes end with this process; null: they go on until they are stopped. */
  readonly owner: number | null;
}

/** A node and whether it runs. */
export interface NodeStatus {
  readonly node: number;
  readonly url: string;
  readonly pid: number | null;
}

type Say = (text: string) => void;

const DEFAULTS: ClusterSetting = { major: 8, nodes: 1, port: 9200, heapMegabytes: 512, owner: null };
const START_MS = 180_000;
const PAUSE_MS = 200;

/**
 * Starts the nodes that do not run, or one of them, and waits until they answer; returns their URLs. What is not given
 * is as it was when the folder was last used. Idempotent, and safe beside others who do the same. Throws UNFOLD_USAGE
 * where the folder holds another cluster, UNFOLD_TOOL_MISSING, UNFOLD_ENGINE_FAILED with the last words of a node that
 * ended.
 */
export function startCluster(
  folder: string,
  given: Partial<ClusterSetting>,
  { cache, node, say }: { cache: string; node?: number; say: Say },
): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return exclusively(folder, async () => {
    const setting = await settled(folder, given);
    const wanted = nodesOf(folder, setting).filter((each) => node === undefined || each.node === node);
    if (wanted.length === 0) throw new UnfoldError('UNFOLD_USAGE', `The cluster has no node ${node ?? ''}.`);
    const missing = wanted.filter(({ pid }) => pid === null).map((each) => each.node);
    if (missing.length > 0) {
      const server = await provideServer(setting.major, cache, say);
      say(`starting ${missing.map(nodeName).join(', ')}`);
      for (const number of missing) await startOne(folder, number, setting, server);
    }
    await ready(
      folder,
      setting,
      wanted.map((each) => each.node),
    );
    return wanted.map(({ url }) => url);
  });
}

/** Ends the nodes of a folder, or one of them; idempotent. */
export async function stopCluster(
  folder: string,
  { node, signal }: { node?: number; signal?: 'SIGTERM' | 'SIGKILL' } = {},
): Promise<void> {
  if (!existsSync(folder)) return;
  await exclusively(folder, async () => {
    const ended = clusterStatus(folder).filter((each) => node === undefined || each.node === node);
    await Promise.all(ended.map((each) => stopNode(nodeFolder(folder, each.node), signal)));
  });
}

/** The nodes of a folder; none where it holds no cluster. */
export function clusterStatus(folder: string): readonly NodeStatus[] {
  const known = remembered(folder);
  return known === null ? [] : nodesOf(folder, known);
}

/** Starting and stopping exclude each other. The lock ends with the process that holds it, however it ends. */
async function exclusively<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const db = new DatabaseSync(join(folder, 'lock.sqlite'));
  try {
    while (!lock(db)) await setTimeout(PAUSE_MS);
    return await work();
  } finally {
    db.close();
  }
}

function lock(db: DatabaseSync): boolean {
  try {
    db.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('locked')) return false;
    throw error;
  }
}

/** What is wanted, if it agrees with what the folder holds. */
async function settled(folder: string, given: Partial<ClusterSetting>): Promise<ClusterSetting> {
  const known = remembered(folder);
  const setting = { ...DEFAULTS, ...known, ...given };
  if (setting.port === 0) setting.port = known?.port ?? (await freePort(setting.nodes));
  const isRunning = clusterStatus(folder).some(({ pid }) => pid !== null);
  for (const what of isRunning ? (['major', 'nodes', 'port'] as const) : (['major', 'nodes'] as const)) {
    if (known === null || known[what] === setting[what]) continue;
    throw new UnfoldError(
      'UNFOLD_USAGE',
      `${folder} holds a cluster with ${what} ${known[what]}, not ${setting[what]}.`,
      { remedy: 'Name another folder with --data, or stop the cluster and remove that folder.' },
    );
  }
  writeFileSync(settingFile(folder), JSON.stringify(setting));
  return setting;
}

function remembered(folder: string): ClusterSetting | null {
  if (!existsSync(settingFile(folder))) return null;
  return JSON.parse(readFileSync(settingFile(folder), 'utf8')) as ClusterSetting;
}

function nodesOf(folder: string, { nodes, port }: ClusterSetting): NodeStatus[] {
  return Array.from({ length: nodes }, (_, index) => ({
    node: index + 1,
    url: httpAddress(port + index),
    pid: runningNode(nodeFolder(folder, index + 1)),
  }));
}

async function startOne(
  folder: string,
  number: number,
  { nodes, port, heapMegabytes, owner }: ClusterSetting,
  server: Server,
): Promise<void> {
  const all = Array.from({ length: nodes }, (_, index) => index);
  const discovery: Record<string, string> =
    nodes === 1
      ? { 'discovery.type': 'single-node' }
      : {
          'discovery.seed_hosts': all.map((index) => transportAddress(port + index)).join(','),
          'cluster.initial_master_nodes': all.map((index) => nodeName(index + 1)).join(','),
        };
  await startNode(
    {
      name: nodeName(number),
      folder: nodeFolder(folder, number),
      port: port + number - 1,
      heapMegabytes,
      owner,
      settings: {
        'cluster.name': 'unfold-local',
        // A full disk of a developer's machine would stop indexing long before it is full.
        'cluster.routing.allocation.disk.threshold_enabled': 'false',
        ...discovery,
      },
    },
    server,
  );
}

/** Waits until the nodes have joined, or merely answer where too few run to elect a master. */
async function ready(folder: string, setting: ClusterSetting, wanted: readonly number[]): Promise<void> {
  const running = nodesOf(folder, setting).filter(({ pid }) => pid !== null).length;
  const canElect = running * 2 > setting.nodes;
  const path = canElect
    ? `_cluster/health?wait_for_nodes=>=${running}&wait_for_status=yellow`
    : '_nodes/_local';
  const deadline = Date.now() + START_MS;
  for (const number of wanted) {
    while (!(await answers(`${httpAddress(setting.port + number - 1)}/${path}`))) {
      const own = nodeFolder(folder, number);
      if (runningNode(own) === null || Date.now() > deadline)
        throw new UnfoldError(
          'UNFOLD_ENGINE_FAILED',
          `${nodeName(number)} did not start:\n${lastWords(own)}`,
          { remedy: `Read ${join(own, 'output.log')}.` },
        );
      await setTimeout(PAUSE_MS);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(START_MS) })).ok;
  } catch {
    return false;
  }
}

function nodeName(number: number): string {
  return `node${number}`;
}

function nodeFolder(folder: string, number: number): string {
  return join(folder, nodeName(number));
}

function settingFile(folder: string): string {
  return join(folder, 'cluster.json');
}
