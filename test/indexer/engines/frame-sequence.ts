// A sequence of frames in which facts open, hold, change and end, the same each time.
import type { EntryLine } from '../../../schemas/frame.ts';
import { file, installed, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';

const FILES = 250;
const SYSTEMS = 3;
/** Frames kept per system where some are removed. */
export const KEPT_FRAMES = 2;

function entriesOf(system: number, round: number): EntryLine[] {
  const files = Array.from({ length: FILES }, (_, number) => {
    const version = number % 7 === round % 7 ? round : 0;
    return file(`/etc/${number}`, `file ${number} version ${version} at 10.${system}.${version}.${number}`);
  });
  const kept = files.filter((_, number) => number % 5 !== round % 5);
  return [os('debian', String(round % 2)), installed('nginx', `1.${round}`), ...kept];
}

/** So many frames of a few systems, in the order of time. */
export function frameSequence(frames: number): FrameSketch[] {
  return Array.from({ length: frames }, (_, number) => {
    const system = number % SYSTEMS;
    const round = Math.floor(number / SYSTEMS);
    return { system: `s${system}`, at: number + 1, entries: entriesOf(system, round) };
  });
}
