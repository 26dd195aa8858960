// What containers on a known image cost, against the first crawl of that image: node bench/containers.ts
// As root with podman and busybox: real containers, in namespaces that end with this program.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILES = 8000;
const CONTAINERS = 20;
const MAIN = join(import.meta.dirname, '../cli/main.ts');
const NAMESPACES = ['--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
/** Makes an image of files of this machine, then does what it is told, a line at a time. */
const ENGINE = `
set -e; cd "$1"
export CONTAINERS_CONF=$PWD/containers.conf CONTAINERS_STORAGE_CONF=$PWD/storage.conf PATH=$PATH:/usr/sbin
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /var/lib
mkdir -p tree/bin; cp "$(command -v busybox)" tree/bin/; ln -s busybox tree/bin/sleep; cp --parents /etc/os-release tree
find /usr/share /usr/lib /usr/include -xdev -type f -size -200k -readable -print0 2>/dev/null | head -z -n ${FILES} |
  tar -c --null --ignore-failed-read -P -T - | tar -x -C tree
tar -C tree -c . | podman import -q - sample:1 >&2
echo ready
while IFS= read -r line; do eval "$line" >&2 </dev/null; echo done; done`;

interface Crawled {
  readonly ms: number;
  /** Seconds of each container by name, as its frame has them. */
  readonly seconds: ReadonlyMap<string, number>;
}

function crawl(storage: string, data: string, ...options: string[]): Crawled {
  const words = [MAIN, '--data', data, 'crawl', `podman:${storage}`, '--json', '--concurrency', '1'];
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [...words, ...options], {
    encoding: 'utf8',
  });
  const ms = performance.now() - start;
  if (status !== 0 && status !== 3) throw new Error(stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { system: { name: string }; seconds: number });
  return { ms, seconds: new Map(lines.map(({ system, seconds }) => [system.name, seconds])) };
}

const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-containers-'));
for (const name of ['runtime', 'data']) mkdirSync(join(folder, name));
const storage = join(folder, 'podman');
writeFileSync(
  join(folder, 'containers.conf'),
  `[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\nevents_logger="file"\ntmp_dir="${folder}/runtime/libpod"\n`,
);
writeFileSync(
  join(folder, 'storage.conf'),
  `[storage]\ndriver="overlay"\ngraphroot="${storage}"\nrunroot="${folder}/runtime/storage"\n`,
);
const engine = spawn('unshare', [...NAMESPACES, '--mount-proc', '--', 'bash', '-c', ENGINE, 'bash', folder], {
  stdio: ['pipe', 'pipe', 'ignore'],
});
const ended = once(engine, 'exit');

async function run(name: string): Promise<void> {
  engine.stdin.write(`podman run -d --network none --name ${name} sample:1 /bin/sleep 10000\n`);
  await answer();
}

/** Its next answer; throws where it ended. */
async function answer(): Promise<void> {
  const failed = ended.then(() => {
    throw new Error('podman cannot run here');
  });
  await Promise.race([once(engine.stdout, 'data'), failed]);
}

try {
  await answer();
  await run('c0');
  const known = join(folder, 'data/known');
  const first = crawl(storage, known);
  await run('c1');
  const second = crawl(storage, known);
  const [ofFirst, ofSecond] = [first.seconds.get('c0') ?? 0, second.seconds.get('c1') ?? 0];
  for (let n = 2; n < CONTAINERS; n += 1) await run(`c${n}`);
  const all = crawl(storage, join(folder, 'data/all'));
  const live = crawl(storage, join(folder, 'data/live'), '--features', 'process,connection,interface');
  const say = (text: string, goal: string): void => console.log(text.padEnd(76), goal);
  say(`${FILES} files in the image, ${CONTAINERS} containers that run`, 'goal');
  say(
    `a container on a known image / on a new one: ${ofSecond.toFixed(2)} s / ${ofFirst.toFixed(2)} s = ${((100 * ofSecond) / ofFirst).toFixed(0)} %`,
    '<= 10 %',
  );
  const expected = first.ms + live.ms;
  say(
    `${CONTAINERS} containers / (one + ${CONTAINERS} live reads): ${(all.ms / 1000).toFixed(1)} s / ${(expected / 1000).toFixed(1)} s = ${(all.ms / expected).toFixed(2)}`,
    '<= 1.3',
  );
} finally {
  engine.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
