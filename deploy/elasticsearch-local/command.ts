// run start|stop|status|fetch: a real Elasticsearch on loopback, for tests and for newcomers without Docker.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UnfoldError } from '../../schemas/error.ts';
import { type ClusterSetting, clusterStatus, startCluster, stopCluster } from './cluster.ts';
import { javaFor, type Major, MAJORS, provideServer } from './server.ts';

const HELP = `Usage: deploy/elasticsearch-local/run start|stop|status|fetch [options]

Runs a real Elasticsearch on loopback, without Docker: its jars come from Maven Central. Whoever can log in to this
machine can read it; keep nothing in it that they may not see.

  start            start what does not run, wait until it answers, print the URLs
  stop             end it; its data stays
  status           say what runs; exit status 1 if something does not
  fetch            only bring the server; without --version every one that there is a Java for

  --nodes 1|3      nodes of the cluster (1)
  --node N         start or stop this node alone
  --version 8|9    Elasticsearch 8 with Java 17 or later, 9 with Java 21 or later (8)
  --data FOLDER    where the cluster keeps its data (.unfold/elasticsearch/data-VERSION); with it stay the options
                   of the last start
  --cache FOLDER   where the server is kept (.unfold/elasticsearch)
  --port N         HTTP port of the first node; 0 chooses free ones (9200)
  --heap MB        memory of a node (512)
`;

const CHECKOUT = join(import.meta.dirname, '../..');

function say(text: string): void {
  process.stderr.write(`elasticsearch-local: ${text}\n`);
}

function usage(message: string): UnfoldError {
  return new UnfoldError('UNFOLD_USAGE', message, { remedy: 'deploy/elasticsearch-local/run --help' });
}

function oneOf<T extends number>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => String(value) === text);
  if (found === undefined) throw usage(`--${option} is ${allowed.join(' or ')}, not ${text}.`);
  return found;
}

function number(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw usage(`--${option} is a number from ${least} to ${most}, not ${text}.`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        nodes: { type: 'string' },
        node: { type: 'string' },
        version: { type: 'string' },
        data: { type: 'string' },
        cache: { type: 'string', default: join(CHECKOUT, '.unfold/elasticsearch') },
        port: { type: 'string' },
        heap: { type: 'string' },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

/** What the options say of a cluster; what they leave out stays as it was. */
function settingOf(values: ReturnType<typeof parsed>['values']): Partial<ClusterSetting> {
  const { nodes, version, port, heap } = values;
  return {
    owner: null,
    ...(version === undefined ? {} : { major: oneOf('version', version, MAJORS) }),
    ...(nodes === undefined ? {} : { nodes: oneOf('nodes', nodes, [1, 3]) }),
    ...(port === undefined ? {} : { port: number('port', port, 0, 65_000) }),
    ...(heap === undefined ? {} : { heapMegabytes: number('heap', heap, 128, 31_000) }),
  };
}

/** Runs a command line; returns its exit status. */
async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [action, ...more] = positionals;
  if (more.length > 0) throw usage(`${more.join(' ')}: one command at a time.`);
  const setting = settingOf(values);
  const cache = resolve(values.cache);
  const major = setting.major ?? 8;
  const folder = resolve(values.data ?? join(cache, `data-${major}`));
  const node = values.node === undefined ? {} : { node: number('node', values.node, 1, 3) };
  if (action === 'start') {
    const urls = await startCluster(folder, setting, { cache, ...node, say });
    process.stdout.write(`${urls.join('\n')}\n`);
  } else if (action === 'stop') await stopCluster(folder, node);
  else if (action === 'fetch') await fetchServers(setting.major, cache);
  else if (action === 'status') return status(folder);
  else throw usage(action === undefined ? 'Say what to do.' : `There is no command ${action}.`);
  return 0;
}

async function fetchServers(wanted: Major | undefined, cache: string): Promise<void> {
  if (wanted !== undefined || javaFor(8) === null) await provideServer(wanted ?? 8, cache, say);
  else for (const major of MAJORS) if (javaFor(major) !== null) await provideServer(major, cache, say);
}

function status(folder: string): number {
  const nodes = clusterStatus(folder);
  for (const { node, url, pid } of nodes)
    process.stdout.write(`node ${node}  ${url}  ${pid === null ? 'stopped' : `running, pid ${pid}`}\n`);
  if (nodes.length === 0) process.stdout.write(`no cluster in ${folder}\n`);
  return nodes.length > 0 && nodes.every(({ pid }) => pid !== null) ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UnfoldError)) throw error;
  process.stderr.write(`error ${error.code}: ${error.message}\n  ${error.remedy}\n`);
  process.exitCode = 2;
}
