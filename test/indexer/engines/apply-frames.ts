// Applies a sequence of frames to a data folder and says so line by line: node apply-frames.ts FOLDER FRAMES
import { writeSync } from 'node:fs';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { frameLines, stream } from '../../conformance/search-engine/frames.ts';
import { frameSequence } from './frame-sequence.ts';

const [folder = '', frames = '0'] = process.argv.slice(2);
const engine = openEmbedded(folder, 'write');
writeSync(1, 'open\n');
for (const sketch of frameSequence(Number(frames))) {
  const { outcome } = await engine.apply(stream(frameLines(sketch)), new AbortController().signal);
  writeSync(1, `${outcome}\n`);
}
await engine.close();
