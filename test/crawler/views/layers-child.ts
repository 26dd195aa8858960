// Opens layers as whoever starts it, and prints the problems that this reports.
import { openLayers } from '../../../crawler/views/container/merged-view.ts';
import type { Problem } from '../../../schemas/problem.ts';

const problems: Problem[] = [];
const report = { problem: (problem: Problem) => problems.push(problem), leftOut: () => undefined };
const view = await openLayers(process.argv.slice(2), { report, signal: new AbortController().signal });
await view.close();
process.stdout.write(JSON.stringify(problems));
