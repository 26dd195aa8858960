// Processes that read while another writes: each answer is of the state before a frame or after it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { frameLines } from '../../conformance/search-engine/frames.ts';
import { roundFrame } from '../../conformance/search-engine/rounds.ts';
import { apply, NO_SIGNAL } from '../../conformance/search-engine/setting.ts';

const READERS = 3;
const ROUNDS = 20;
const FILES = 200;
const CHILD = join(import.meta.dirname, 'reader-child.ts');

test('readers in other processes see whole frames, in the order in which they were applied', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unfold-readers-'));
  const engine = openEmbedded(folder, 'write');
  try {
    await apply(engine, roundFrame(1, FILES));
    const args = ['--disable-warning=ExperimentalWarning', CHILD, folder, String(FILES), String(ROUNDS)];
    const readers = Promise.all(
      Array.from({ length: READERS }, () => promisify(execFile)(process.execPath, args, { timeout: 60_000 })),
    );
    for (let round = 2; round <= ROUNDS; round++) {
      const slowly = async function* () {
        for (const [number, line] of frameLines(roundFrame(round, FILES)).entries()) {
          // A frame takes a while, so that there is a time between.
          if (number % 50 === 0) await new Promise((resume) => setTimeout(resume, 10));
          yield line;
        }
      };
      await engine.apply(slowly(), NO_SIGNAL);
    }
    for (const { stdout } of await readers) {
      const seen = JSON.parse(stdout) as number[];
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(new Set(seen).size).toBeGreaterThan(1);
    }
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 90_000);
