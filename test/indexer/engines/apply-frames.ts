// Applies a sequence of frames to an index and says so line by line: node apply-frames.ts CHOICE FRAMES
import { writeSync } from 'node:fs';
import type { IndexChoice } from '../../../cli/index-choice.ts';
import { openIndex } from '../../../cli/index-opening.ts';
import { frameLines, stream } from '../../conformance/search-engine/frames.ts';
import { frameSequence } from './frame-sequence.ts';

const [choice = '', frames = '0'] = process.argv.slice(2);
const engine = await openIndex(JSON.parse(choice) as IndexChoice, 'write');
writeSync(1, 'open\n');
for (const sketch of frameSequence(Number(frames))) {
  const { outcome } = await engine.apply(stream(frameLines(sketch)), new AbortController().signal);
  writeSync(1, `${outcome}\n`);
}
await engine.close();
