// The view of a disk is a system view; what it leaves behind: nothing, however it ends.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect } from '@jest/globals';
import { hasTool } from '../../../crawler/process.ts';
import type { OpenContext } from '../../../crawler/sources/source.ts';
import { openDisk } from '../../../crawler/views/appliance/appliance-view.ts';
import { diskChain } from '../../../crawler/views/appliance/chain.ts';
import type { Report } from '../../../crawler/views/view.ts';
import { CrawlConfiguration } from '../../../schemas/configuration.ts';
import {
  collectRead,
  collectWalk,
  RecordedReport,
  systemViewConformance,
} from '../../conformance/system-view.ts';
import { requirement } from '../../requirements.ts';
import type { ChildOrder } from './appliance-child.ts';
import { brokenDisk, cutDisk, mixedDisk } from './appliance-disks.ts';

const TOOLS = ['guestfish', 'qemu-img', 'mke2fs', 'mkfs.xfs', 'sfdisk', 'debugfs'];
const missing = TOOLS.filter(
  (tool) => !hasTool(tool) && !hasTool(`/usr/sbin/${tool}`) && !hasTool(`/sbin/${tool}`),
);
const withAppliance = requirement(
  'libguestfs',
  missing.length === 0,
  `${missing.join(', ')} is not installed`,
);
const LAUNCHES = 300_000;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'unfold-appliance-')));
const dataFolder = join(folder, 'data');
mkdirSync(dataFolder);
afterAll(() => rmSync(folder, { recursive: true }));

const fresh = (name: string): string => mkdtempSync(join(folder, `${name}-`));
const hashes = (files: readonly string[]): string[] =>
  files.map((file) => createHash('sha256').update(readFileSync(file)).digest('hex'));

function context(report: Report, signal = new AbortController().signal): OpenContext & { phases: string[] } {
  const phases: string[] = [];
  return {
    crawl: CrawlConfiguration.parse({}),
    scratch: fresh('scratch'),
    dataFolder,
    report,
    signal,
    privateMounts: false,
    notice: () => undefined,
    phases,
    phase: (name) => phases.push(name),
  };
}

/** Processes that work in one of our folders: guestfish, qemu and libguestfs's own. */
function survivors(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

/** libguestfs looks after its parent every few seconds. */
async function allGone(): Promise<boolean> {
  for (let attempt = 0; attempt < 60 && survivors().length > 0; attempt++) await sleep(500);
  return survivors().length === 0;
}

let files: string[] = [];
let before: string[] = [];
if (missing.length === 0) {
  systemViewConformance('a disk in an appliance', async (populate, report) => {
    files = await mixedDisk(fresh('mixed'), populate);
    before = hashes(files);
    return openDisk(diskChain(files[0] ?? '', 'qcow2', []), context(report));
  });
}

describe('a disk with partitions, volumes and a backing chain', () => {
  withAppliance(
    'is mounted as its fstab says; what is not is told',
    async () => {
      const report = new RecordedReport();
      const opened = context(report);
      const view = await openDisk(diskChain(files[0] ?? '', 'qcow2', []), opened);
      const walked = await collectWalk(view);
      const byPath = new Map(walked.map((handed) => [handed.entry.path, handed]));
      const read = await collectRead(view, ['/etc/os-release', '/srv/with blank/*']);
      await view.close();
      expect(survivors()).toEqual([]);
      expect(byPath.get('/srv/added')?.bytes?.toString()).toBe('only in the overlay');
      expect(byPath.get('/srv/with blank/on-xfs')).toMatchObject({ entry: { uid: 7, gid: 8, mode: 0o640 } });
      expect(byPath.get('/srv/with blank/on-xfs')?.bytes?.toString()).toBe('on xfs');
      expect(read.get('/srv/with blank/on-xfs')?.bytes?.toString()).toBe('on xfs');
      expect(read.get('/etc/os-release')?.entry.path).toBe('/usr/lib/os-release');
      expect(report.left.map(({ path, reason }) => `${path} ${reason}`).sort()).toEqual([
        '/dev/sda3 not-mounted',
        '/etc/info-link not-mounted',
        '/srv/absent not-mounted',
        '/srv/second-disk not-mounted',
      ]);
      expect(report.problems).toEqual([]);
      expect(opened.phases).toEqual(['launch', 'inspect', 'metadata', 'contents', 'metadata', 'contents']);
    },
    LAUNCHES,
  );

  withAppliance('is the same afterwards, down to its backing files', () => {
    expect(hashes(files)).toEqual(before);
  });
});

interface Step {
  readonly phase?: string;
  readonly walked?: true;
  readonly path?: string;
  readonly text?: string;
  readonly problem?: { readonly path?: string; readonly code: string };
}

/** Runs the child and kills it with SIGKILL where `enough` says so; the steps it told. */
async function killed(
  order: ChildOrder,
  enough: (step: Step, steps: readonly Step[]) => number | null,
): Promise<Step[]> {
  const script = fileURLToPath(new URL('appliance-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const steps: Step[] = [];
  for await (const line of createInterface(child.stdout)) {
    const step = JSON.parse(line) as Step;
    steps.push(step);
    const wait = enough(step, steps);
    if (wait !== null) setTimeout(() => child.kill('SIGKILL'), wait);
  }
  return steps;
}

describe('a disk that was not unmounted and is damaged', () => {
  withAppliance(
    'is read after its journal, says what cannot be read, and leaves nothing when its reader is killed',
    async () => {
      const image = brokenDisk(fresh('broken'));
      const [hash] = hashes([image]);
      const order: ChildOrder = { image, format: 'qcow2', dataFolder, scratch: fresh('scratch') };
      const steps = await killed(order, ({ phase }, all) =>
        phase === 'metadata' && all.some(({ walked }) => walked) ? 50 : null,
      );
      const texts = new Map(steps.flatMap(({ path, text }) => (path === undefined ? [] : [[path, text]])));
      expect(texts.get('/usr/lib/os-release')).toBe('ID=broken\n');
      expect(texts.get('/etc/replayed')?.trim()).toBe('new');
      expect(texts.get('/data/whole')).toBe('whole');
      expect(texts.get('/data/broken')).toBe('unreadable');
      const problems = steps.flatMap(({ problem }) => problem ?? []);
      expect(problems).toEqual([
        expect.objectContaining({ path: '/data/broken', code: 'UNFOLD_DISK_UNREADABLE' }),
      ]);
      await expect(allGone()).resolves.toBe(true);
      expect(hashes([image])).toEqual([hash]);
    },
    LAUNCHES,
  );

  withAppliance(
    'fails with a clear error where its file system cannot be mounted',
    async () => {
      const opening = openDisk(diskChain(cutDisk(fresh('cut')), 'raw', []), context(new RecordedReport()));
      await expect(opening).rejects.toMatchObject({
        code: 'UNFOLD_DISK_UNREADABLE',
        message: expect.stringContaining('ext4'),
      });
      expect(survivors()).toEqual([]);
    },
    LAUNCHES,
  );
});

describe('an appliance that is starting', () => {
  withAppliance(
    'is gone after the crawl was killed',
    async () => {
      const image = cutDisk(fresh('killed'));
      await killed({ image, format: 'raw', dataFolder, scratch: fresh('scratch') }, ({ phase }) =>
        phase === 'launch' ? 2500 : null,
      );
      await expect(allGone()).resolves.toBe(true);
    },
    LAUNCHES,
  );

  withAppliance(
    'is gone after an abort, which rejects with its reason',
    async () => {
      const controller = new AbortController();
      const reason = new Error('stopped by the test');
      const chain = diskChain(cutDisk(fresh('aborted')), 'raw', []);
      const opening = openDisk(chain, context(new RecordedReport(), controller.signal));
      setTimeout(() => controller.abort(reason), 2500);
      await expect(opening).rejects.toBe(reason);
      expect(survivors()).toEqual([]);
    },
    LAUNCHES,
  );

  withAppliance(
    'is gone after its deadline',
    async () => {
      const late = context(new RecordedReport());
      const crawl = { ...late.crawl, disk: { ...late.crawl.disk, launchSeconds: 0.5 } };
      const opening = openDisk(diskChain(cutDisk(fresh('late')), 'raw', []), { ...late, crawl });
      await expect(opening).rejects.toMatchObject({ code: 'UNFOLD_APPLIANCE_FAILED' });
      expect(survivors()).toEqual([]);
    },
    LAUNCHES,
  );
});
