// Opens, reads and looks into the containers of a podman folder as whoever starts it, and prints what it met.
import { podman } from '../../../crawler/sources/podman.ts';
import { CrawlConfiguration } from '../../../schemas/configuration.ts';
import type { Problem } from '../../../schemas/problem.ts';

const { signal } = new AbortController();
const met: Record<string, { files: number; processes: string[]; held: number; problems: Problem[] }> = {};
for (const system of await podman.list({ target: `podman:${process.argv[2] ?? ''}`, labels: {} }, 'h')) {
  const found = { files: 0, processes: [] as string[], held: 0, problems: [] as Problem[] };
  met[system.ref.name] = found;
  const report = { problem: (problem: Problem) => found.problems.push(problem), leftOut: () => undefined };
  const view = await podman.open(system, {
    crawl: CrawlConfiguration.parse({}),
    scratch: '/nonexistent',
    dataFolder: '/nonexistent',
    report,
    signal,
    privateMounts: false,
    notice: () => undefined,
    phase: () => undefined,
  });
  const text = (content: unknown): number =>
    content !== null && typeof content === 'object' && 'bytes' in content ? 1 : 0;
  await view.walk({ want: () => 4096, found: (_, content) => (found.files += text(content)) }, signal);
  await view.live?.(
    {
      process: ({ name }) => found.processes.push(name),
      connection: ({ process: by }) => (found.held += by === undefined ? 0 : 1),
    },
    signal,
  );
  await view.close();
}
process.stdout.write(JSON.stringify(met));
