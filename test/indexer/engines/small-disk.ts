// Fills the disk of a data folder with frames and prints, as JSON, what happened: node small-disk.ts FOLDER
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { file, frameLines, stream } from '../../conformance/search-engine/frames.ts';

const [folder = ''] = process.argv.slice(2);
const signal = new AbortController().signal;
const MOST = 1000;

function noise(seed: number): string {
  let text = '';
  for (let state = seed; text.length < 50_000;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    text += `${state.toString(36)} `;
  }
  return text;
}

async function fill(): Promise<{ applied: number; code: string | null }> {
  let applied = 0;
  try {
    const engine = openEmbedded(folder, 'write');
    try {
      while (applied < MOST) {
        const sketch = {
          system: `s${applied}`,
          at: 1,
          entries: [file('/a', noise(applied + 1)), file('/b', 'word')],
        };
        await engine.apply(stream(frameLines(sketch)), signal);
        applied += 1;
      }
    } finally {
      await engine.close();
    }
  } catch (error) {
    return { applied, code: error instanceof UnfoldError ? error.code : String(error) };
  }
  return { applied, code: null };
}

const filled = await fill();
const engine = openEmbedded(folder, 'read');
const states = await engine.systems(null, signal);
await engine.close();
console.log(JSON.stringify({ ...filled, systems: states.length }));
