// Opens images in tests, and tells what they show.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import { openImageFiles } from '../../../crawler/views/image/image-files.ts';
import type { ImageRecord } from '../../../crawler/views/image/image-record.ts';
import { imagesIn } from '../../../crawler/views/image/images.ts';
import { openImage, type ImageBounds } from '../../../crawler/views/image/open-image.ts';
import type { Report, SystemView } from '../../../crawler/views/view.ts';
import { collectRead, collectWalk, RecordedReport } from '../../conformance/system-view.ts';
import { layoutFiles, PACKERS, writeArchive, type MadeImage } from './image-archives.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const views: SystemView[] = [];
afterEach(async () => {
  for (const view of views.splice(0)) await view.close();
});

/** An empty folder, removed in the end. */
export const fresh = (): string => mkdtempSync(join(folder, 'i-'));

/** A layer, packed. */
export const layer = (tar: Buffer, packing: keyof typeof PACKERS): MadeImage['layers'][number] => ({
  tar,
  packed: PACKERS[packing](tar),
});

/** Opens the first image of a layout or archive. */
export async function opened(place: string, report: Report, bounds?: ImageBounds): Promise<SystemView> {
  const files = await openImageFiles(place);
  const [image] = await imagesIn(files, place, null);
  return openImage(image as ImageRecord, files, { report, signal: new AbortController().signal }, bounds);
}

/** What an image of such layers shows: every path with its kind or text. */
export async function shown(layers: readonly Buffer[]): Promise<{
  paths: Record<string, string>;
  report: RecordedReport;
  read: (path: string) => Promise<string | undefined>;
}> {
  const report = new RecordedReport();
  const image = { layers: layers.map((tar) => layer(tar, 'gzip')) };
  const view = await opened(writeArchive(join(fresh(), 'image.tar'), layoutFiles([image])), report);
  views.push(view);
  const walked = await collectWalk(view);
  const paths = Object.fromEntries(
    walked.map(({ entry, bytes, skip }) => [
      entry.path,
      bytes?.toString() ?? skip ?? (entry.target === undefined ? entry.type : `-> ${entry.target}`),
    ]),
  );
  const read = async (path: string): Promise<string | undefined> =>
    (await collectRead(view, [path])).get(path)?.bytes?.toString();
  return { paths, report, read };
}
