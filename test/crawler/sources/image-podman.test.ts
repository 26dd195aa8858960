// Images that podman saved, and containers made from them: the same files, and what differs is what the container changed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { hasTool } from '../../../crawler/process.ts';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { readFrame } from '../../../indexer/frame-reader.ts';
import { compare } from '../../../query/compare/compare.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { testWithPodman } from '../containers/engines.ts';
import { crawlTargets, type Frame } from '../frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-saved-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CHANGES = `
podman import -q base.tar tiny:1
podman create -q --name same --network none tiny:1 /bin/sh
podman create -q --name changed --network none tiny:1 /bin/sh
podman cp settings changed:/etc/app.conf
podman cp settings changed:/srv/added
podman commit -q changed tiny:2
podman save -q --format oci-archive -o two.oci.tar tiny:2
podman save -q --format docker-archive -o two.docker.tar tiny:2
podman save -q --format oci-dir -o one tiny:1
`;

/** Podman with all that it keeps below the folder; nothing is started. */
function podman(script: string): void {
  writeFileSync(
    join(folder, 'storage.conf'),
    `[storage]\ndriver="overlay"\ngraphroot="${folder}/podman"\nrunroot="${folder}/run/storage"\n`,
  );
  writeFileSync(
    join(folder, 'containers.conf'),
    `[engine]\ncgroup_manager="cgroupfs"\nevents_logger="file"\ntmp_dir="${folder}/run/libpod"\n`,
  );
  const env = {
    ...process.env,
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
  };
  const words = ['--mount', '--propagation', 'private', '--', 'sh', '-ec', script];
  execFileSync('unshare', words, { cwd: folder, env, stdio: 'pipe' });
}

const frames = new Map<string, Frame>();
beforeAll(async () => {
  if (!hasTool('podman') || process.getuid?.() !== 0) return;
  const tree = join(folder, 'tree');
  for (const path of ['etc', 'usr/lib', 'srv', 'run'])
    mkdirSync(join(path === 'run' ? folder : tree, path), { recursive: true });
  writeFileSync(join(tree, 'usr/lib/os-release'), 'ID=tiny\n');
  writeFileSync(join(tree, 'etc/app.conf'), 'db = 10.99.0.5\nport = 80\n');
  writeFileSync(join(tree, 'etc/stays'), 'the same\n');
  writeFileSync(join(folder, 'settings'), 'db = 10.99.0.6\nport = 80\n');
  execFileSync('tar', ['-C', tree, '-cf', join(folder, 'base.tar'), '.']);
  podman(CHANGES);
  const targets = ['image:one', 'image:two.oci.tar', 'image:two.docker.tar', 'podman:podman'].map((target) =>
    target.replace(':', `:${folder}/`),
  );
  const crawled = await crawlTargets(join(folder, 'data'), targets);
  for (const frame of crawled.frames) {
    const { name, image } = frame.header.system;
    frames.set(image === undefined ? name : image.place.slice(folder.length + 1), frame);
  }
}, 60_000);

/** What file systems give. */
const OWN = ['inode', 'ctime'];

/** Files without what is particular to where they are kept. To the top podman itself gives another mode in a container. */
const filesOf = (name: string): unknown[] =>
  [...(frames.get(name)?.entries.file?.values() ?? [])]
    .filter(({ path }) => path !== '/')
    .map((entry) =>
      Object.fromEntries(
        Object.entries(entry)
          .filter(([key]) => !(entry['type'] === 'dir' ? [...OWN, 'size', 'mtime'] : OWN).includes(key))
          .map(([key, value]) => [key, key === 'mtime' ? String(value).slice(0, 19) : value]),
      ),
    )
    .sort((a, b) => (String(a['path']) < String(b['path']) ? -1 : 1));

testWithPodman('an image is the same in every form, and in a container that changed nothing', () => {
  for (const frame of frames.values()) expect(frame.problems).toEqual([]);
  const [oci, docker] = ['two.oci.tar', 'two.docker.tar'].map((name) => frames.get(name)?.header.system);
  expect(oci).toMatchObject({ kind: 'image', name: 'localhost/tiny:2', id: docker?.id });
  expect(filesOf('two.oci.tar')).toEqual(filesOf('two.docker.tar'));
  expect(filesOf('two.oci.tar')).toEqual(filesOf('changed'));
  expect(filesOf('one')).toEqual(filesOf('same'));
  expect(filesOf('one').length).toBeGreaterThan(6);
});

testWithPodman('a container names its image, and differs from it in what it changed', async () => {
  const one = frames.get('one')?.header.system;
  for (const name of ['same', 'changed']) expect(frames.get(name)?.header.system.derivedFrom).toBe(one?.id);
  const index = join(folder, 'index');
  mkdirSync(index);
  const engine = openEmbedded(index, 'write');
  try {
    for (const { text } of frames.values()) await engine.apply(readFrame(Readable.from([text])), NO_SIGNAL);
    const differs = async (name: string): Promise<unknown[]> => {
      const ends = {
        from: { system: one?.id ?? '', at: null },
        to: { system: frames.get(name)?.header.system.id ?? '', at: null },
      };
      const options = {
        features: null,
        path: null,
        minor: false,
        texts: true,
        staleAfterHours: 1,
        signal: NO_SIGNAL,
      };
      const found: unknown[] = [];
      for await (const { change, key, text } of (await compare(engine, ends, options)).changes)
        if (key !== '/')
          found.push({ change, key, ...(text === undefined ? {} : { text: JSON.stringify(text) }) });
      return found;
    };
    expect(await differs('same')).toEqual([]);
    expect(await differs('changed')).toEqual([
      { change: 'changed', key: '/etc/app.conf', text: expect.stringContaining('10.99.0.6') },
      { change: 'added', key: '/srv/added' },
    ]);
  } finally {
    await engine.close();
  }
});
