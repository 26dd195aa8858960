// A crawl by an ordinary user with the capabilities that a systemd unit gives, and no others.
import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capabilities } from '../../deploy/unit-files.ts';
import { parseFrame, type Frame } from '../frames.ts';

const UNFOLD = join(import.meta.dirname, '../../../cli/unfold');
const NOBODY = 65_534;

/** Crawls a target with `data`, an empty folder, as the data folder; the frames by the name of their system. */
export function confinedCrawl(
  unit: string,
  target: string,
  data: string,
): { status: number | null; stderr: string; frames: ReadonlyMap<string, Frame> } {
  chownSync(data, NOBODY, NOBODY);
  const caps = ['-all', ...capabilities(unit).map((name) => `+${name}`)].join(',');
  const words = [
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--no-new-privs',
    `--inh-caps=${caps}`,
    `--ambient-caps=${caps}`,
    `--bounding-set=${caps}`,
    '--',
    UNFOLD,
  ];
  const sink = join(data, 'frames');
  const asked = ['--data', data, 'crawl', target, '--frames', sink, '--json'];
  const { status, stderr } = spawnSync('setpriv', [...words, ...asked], { encoding: 'utf8' });
  const frames = readFileSync(sink, 'utf8')
    .split(/^(?=\{"_frame")/m)
    .map(parseFrame);
  return { status, stderr, frames: new Map(frames.map((frame) => [frame.header.system.name, frame])) };
}
