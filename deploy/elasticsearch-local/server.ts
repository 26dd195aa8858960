// The server: its jars from Maven Central, laid out as a node expects them, kept in a cache folder.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { UnfoldError } from '../../schemas/error.ts';
import { findJava } from './java.ts';

/** Major versions of Elasticsearch that can be had. */
export const MAJORS = [8, 9] as const;
export type Major = (typeof MAJORS)[number];

const RELEASES: Record<Major, { version: string; java: number }> = {
  8: { version: '8.19.21', java: 17 },
  9: { version: '9.5.3', java: 21 },
};

/** A server that is ready to start. */
export interface Server {
  readonly version: string;
  /** Path of the program. */
  readonly java: string;
  /** Folder with lib/, modules/, classes/ and config/. */
  readonly home: string;
}

const POM = join(import.meta.dirname, 'pom.xml');
const LAUNCHER = join(import.meta.dirname, 'Launcher.java');
const FETCH_MS = 600_000;

/** Java for a server; null where the machine has none that is new enough. */
export function javaFor(major: Major): string | null {
  return findJava(RELEASES[major].java);
}

/** True where a server is in the cache folder, and a Java for it on the machine. */
export function hasServer(major: Major, cache: string): boolean {
  return javaFor(major) !== null && existsSync(homeOf(major, cache));
}

/** Brings a server into the cache folder unless it is there. Throws UNFOLD_TOOL_MISSING, UNFOLD_ENGINE_FAILED. */
export async function provideServer(
  major: Major,
  cache: string,
  say: (text: string) => void,
): Promise<Server> {
  const { version, java: least } = RELEASES[major];
  const java = javaFor(major);
  if (java === null)
    throw new UnfoldError('UNFOLD_TOOL_MISSING', `Elasticsearch ${version} needs Java ${least} or later.`, {
      remedy: 'Run deploy/setup.sh, or set $JAVA_HOME to the folder of a Java that is new enough.',
    });
  const home = homeOf(major, cache);
  if (!existsSync(home)) {
    say(`fetching Elasticsearch ${version} from Maven Central, once`);
    const unfinished = `${home}.${process.pid}`;
    try {
      await layOut(unfinished, version, java);
      publish(unfinished, home);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return { version, java, home };
}

/** Named after the recipe too: what another one laid out is not used. */
function homeOf(major: Major, cache: string): string {
  const recipe = createHash('sha256').update(readFileSync(POM)).update(readFileSync(LAUNCHER));
  return join(cache, `server-${RELEASES[major].version}-${recipe.digest('hex').slice(0, 8)}`);
}

async function layOut(home: string, version: string, java: string): Promise<void> {
  mkdirSync(join(home, 'config'), { recursive: true });
  const properties = [`-Delasticsearch.version=${version}`, `-Dout=${home}`];
  await tool('mvn', ['-q', '-B', '-f', POM, ...properties, 'package']);
  const module = join(home, 'modules/transport-netty4');
  cpSync(join(home, 'descriptor/META-INF/es-plugins/transport-netty4'), module, { recursive: true });
  const descriptor = join(module, 'plugin-descriptor.properties');
  // The server is on the class path, so its module cannot be a Java module either.
  writeFileSync(descriptor, readFileSync(descriptor, 'utf8').replace(/^modulename=.*$/m, 'modulename='));
  const jars = readdirSync(join(home, 'lib')).map((name) => join(home, 'lib', name));
  const compiler = ['-jar', join(home, 'tools/ecj.jar'), '-17', '-nowarn', '-cp', jars.join(delimiter)];
  await tool(java, [...compiler, '-d', join(home, 'classes'), LAUNCHER]);
  for (const folder of ['descriptor', 'tools', 'target'])
    rmSync(join(home, folder), { recursive: true, force: true });
}

/** Another process may have been faster. */
function publish(unfinished: string, home: string): void {
  try {
    renameSync(unfinished, home);
  } catch (error) {
    if (!existsSync(home)) throw error;
  }
}

async function tool(command: string, args: readonly string[]): Promise<void> {
  try {
    await execa(command, args, { all: true, stdin: 'ignore', timeout: FETCH_MS });
  } catch (cause) {
    if (!(cause instanceof ExecaError)) throw cause;
    if (cause.code === 'ENOENT')
      throw new UnfoldError('UNFOLD_TOOL_MISSING', `${command} is missing, which fetches Elasticsearch.`, {
        cause,
      });
    const words = String(cause.all).trim().split('\n').slice(-6).join('\n');
    throw new UnfoldError('UNFOLD_ENGINE_FAILED', `Elasticsearch could not be fetched:\n${words}`, {
      remedy: 'Check that Maven reaches Maven Central or a mirror (~/.m2/settings.xml).',
      cause,
    });
  }
}
