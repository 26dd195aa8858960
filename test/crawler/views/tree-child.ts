// A crawl of a tree in a process of its own: as another user, or with mounts of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrawlConfiguration } from '../../../schemas/configuration.ts';
import type { LeftOut } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { rootfs } from '../../../crawler/sources/rootfs.ts';

export interface ChildCrawl {
  /** Text of every path that was handed over; null: no content. */
  readonly found: Record<string, string | null>;
  readonly read: Record<string, string>;
  readonly problems: Problem[];
  readonly left: LeftOut[];
  readonly notices: string[];
  /** Mount points of the process once the view was closed. */
  readonly mounts: string[];
}

interface Asked {
  readonly root: string;
  readonly privateMounts: boolean;
  readonly dataFolder: string;
  readonly patterns: readonly string[];
}

/** Words before a command. */
export const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

/** Mounts privately by a shell script first, then runs what follows. */
export function withMounts(script: string): string[] {
  return ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-ec', `${script}\nexec "$@"`, 'sh'];
}

/** Crawls in a child started by `words`. */
export function crawlInChild(words: readonly string[], asked: Partial<Asked> & { root: string }): ChildCrawl {
  const spec: Asked = { privateMounts: false, dataFolder: '/nonexistent', patterns: [], ...asked };
  const [command, ...args] = [...words, process.execPath, import.meta.filename, JSON.stringify(spec)];
  const { stdout, stderr, status } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`the child ended with ${String(status)}: ${stderr}`);
  return JSON.parse(stdout) as ChildCrawl;
}

async function crawl(asked: Asked): Promise<ChildCrawl> {
  const { currentMounts } = await import('../../../crawler/views/tree/mounts.ts');
  const scratch = mkdtempSync(join(tmpdir(), 'unfold-scratch-'));
  const result = { found: {}, read: {}, problems: [], left: [], notices: [] } as unknown as ChildCrawl;
  const { signal } = new AbortController();
  const [system] = await rootfs.list({ target: `rootfs:${asked.root}`, labels: {} }, 'host1');
  if (system === undefined) throw new Error('no system');
  const view = await rootfs.open(system, {
    crawl: CrawlConfiguration.parse({}),
    scratch,
    dataFolder: asked.dataFolder,
    report: {
      problem: (problem) => result.problems.push(problem),
      leftOut: (leftOut) => result.left.push(leftOut),
    },
    signal,
    privateMounts: asked.privateMounts,
    notice: (message) => result.notices.push(message),
    phase: () => undefined,
  });
  try {
    const requests = asked.patterns.map((pattern) => ({ pattern, maxBytes: 4096 }));
    await view.read(
      requests,
      ({ path, content }) =>
        (result.read[path] = 'bytes' in content ? content.bytes.toString('latin1') : content.skip),
      signal,
    );
    await view.walk(
      {
        want: () => 4096,
        found: ({ path }, content) =>
          (result.found[path] =
            content !== null && 'bytes' in content ? content.bytes.toString('latin1') : null),
      },
      signal,
    );
  } finally {
    await view.close();
    rmSync(scratch, { recursive: true });
  }
  return { ...result, mounts: currentMounts().map(({ point }) => point) };
}

if (import.meta.main)
  process.stdout.write(JSON.stringify(await crawl(JSON.parse(process.argv[2] ?? '') as Asked)));
