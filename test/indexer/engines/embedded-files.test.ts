// What can be wrong with a data folder is said with a code, and costs nothing that was indexed.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { INDEX_FILE, openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { file } from '../../conformance/search-engine/frames.ts';
import { apply, facts, held, NO_SIGNAL, search, word } from '../../conformance/search-engine/setting.ts';
import { requirement } from '../../requirements.ts';

let folder: string;
let index: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unfold-files-'));
  index = join(folder, INDEX_FILE);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function fill(): Promise<void> {
  const engine = openEmbedded(folder, 'write');
  const files = Array.from({ length: 500 }, (_, number) =>
    file(`/etc/${number}`, `apple ${number} `.repeat(50)),
  );
  await apply(engine, { system: 's', at: 1, entries: files });
  await engine.close();
}

test('a folder without index cannot be read, and reading makes none', () => {
  expect(() => openEmbedded(folder, 'read')).toThrow(
    expect.objectContaining({ code: 'UNFOLD_DATA_MISSING' }),
  );
  expect(() => statSync(index)).toThrow('ENOENT');
});

test('writing makes folders as needed', async () => {
  const engine = openEmbedded(join(folder, 'a', 'b'), 'write');
  await apply(engine, { system: 's', at: 1, entries: [file('/a', 'apple')] });
  expect(await facts(engine, word('apple'))).toEqual(['s /a']);
  await engine.close();
});

test.each(['read', 'write'] as const)('an index of a newer version is refused (%s)', async (mode) => {
  await fill();
  const db = new DatabaseSync(index);
  db.exec('PRAGMA user_version=99');
  db.close();
  expect(() => openEmbedded(folder, mode)).toThrow(expect.objectContaining({ code: 'UNFOLD_DATA_NEWER' }));
});

test.each(['read', 'write'] as const)('what is no index is refused and left as it is (%s)', (mode) => {
  for (const content of ['not a database, but longer than the header of one. '.repeat(20), 'short']) {
    writeFileSync(index, content);
    expect(() => openEmbedded(folder, mode)).toThrow(
      expect.objectContaining({ code: 'UNFOLD_DATA_CORRUPT' }),
    );
    expect(readFileSync(index, 'utf8')).toBe(content);
  }
});

test.each(['read', 'write'] as const)(
  "another program's database is refused and left as it is (%s)",
  (mode) => {
    const db = new DatabaseSync(index);
    db.exec('CREATE TABLE mine(x)');
    db.close();
    const before = readFileSync(index);
    expect(() => openEmbedded(folder, mode)).toThrow(
      expect.objectContaining({ code: 'UNFOLD_DATA_CORRUPT' }),
    );
    expect(readFileSync(index).equals(before)).toBe(true);
  },
);

test('damage is reported as such wherever it is met', async () => {
  await fill();
  const whole = `${index}.whole`;
  copyFileSync(index, whole);
  const { size } = statSync(index);
  let reported = 0;
  for (let page = 1; page < size / 8192; page++) {
    copyFileSync(whole, index);
    const bytes = readFileSync(index);
    bytes.fill(0xa5, page * 8192, (page + 1) * 8192);
    writeFileSync(index, bytes);
    try {
      const engine = openEmbedded(folder, 'read');
      try {
        await search(engine, word('apple'), { evidence: 1 });
        await engine.systems(null, NO_SIGNAL);
        await held(engine, 's');
      } finally {
        await engine.close();
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'UNFOLD_DATA_CORRUPT' });
      reported += 1;
    }
  }
  expect(reported).toBeGreaterThan(5);
  copyFileSync(whole, index);
  truncateSync(index, Math.floor(size / 2));
  expect(() => openEmbedded(folder, 'write')).toThrow(
    expect.objectContaining({ code: 'UNFOLD_DATA_CORRUPT' }),
  );
});

test('a folder that cannot be made or written is named', () => {
  const plain = join(folder, 'plain');
  writeFileSync(plain, '');
  for (const wrong of [plain, join(plain, 'below')]) {
    expect(() => openEmbedded(wrong, 'write')).toThrow(
      expect.objectContaining({ code: 'UNFOLD_DATA_UNWRITABLE' }),
    );
  }
});

test('an index that was opened to be read takes no frames', async () => {
  await fill();
  const engine = openEmbedded(folder, 'read');
  await expect(apply(engine, { system: 's', at: 2 })).rejects.toMatchObject({
    code: 'UNFOLD_DATA_UNWRITABLE',
  });
  await engine.close();
  await engine.close();
});

const asRoot = requirement(
  'root',
  process.getuid?.() === 0,
  'it mounts a small file system and changes users',
);

asRoot('a full disk is reported and costs nothing that was indexed', () => {
  const script = join(import.meta.dirname, 'small-disk.ts');
  const shell =
    'mount -t tmpfs -o size=6m tmpfs "$1" && exec "$2" --disable-warning=ExperimentalWarning "$3" "$1"';
  const words = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    shell,
    'sh',
    folder,
    process.execPath,
    script,
  ];
  const { stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { applied, code, systems } = JSON.parse(stdout) as { applied: number; code: string; systems: number };
  expect(code).toBe('UNFOLD_DISK_FULL');
  expect(applied).toBeGreaterThan(10);
  expect(systems).toBe(applied);
});
