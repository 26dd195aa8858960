// Applies a sequence of frames as deltas, and removes what is old after each: node keeping-child.ts FOLDER FRAMES
import { writeSync } from 'node:fs';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { deltaLines } from '../../conformance/search-engine/delta-frames.ts';
import { frameLines, stream, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { frameSequence, KEPT_FRAMES } from './frame-sequence.ts';

const [folder = '', frames = '0'] = process.argv.slice(2);
const signal = new AbortController().signal;
const index = openEmbedded(folder, 'write');
writeSync(1, 'open\n');
const bases = new Map<unknown, FrameSketch>();
for (const sketch of frameSequence(Number(frames))) {
  const base = bases.get(sketch.system);
  bases.set(sketch.system, sketch);
  const { outcome } = await index.apply(
    stream(base === undefined ? frameLines(sketch) : deltaLines(sketch, base)),
    signal,
  );
  await index.retain({ before: null, frames: KEPT_FRAMES }, signal);
  writeSync(1, `${outcome}\n`);
}
await index.close();
