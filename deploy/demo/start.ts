// What `npm start` runs after deploy/setup.sh: the demo, in the named folder or .unfold of the checkout, then the page over it.
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { UnfoldError } from '../../schemas/error.ts';
import { runDemo } from './demo.ts';

const checkout = join(import.meta.dirname, '../..');
const unfold = join(checkout, 'cli/unfold');
const folder = resolve(
  process.argv.slice(2).find((word) => !word.startsWith('-')) ?? join(checkout, '.unfold'),
);

/** Builds the page and serves the demo's index until it is interrupted; returns the exit status. */
async function serveDemo(): Promise<number> {
  const { buildPage } = await import('../../query/web/build.ts');
  await buildPage(join(checkout, 'dist/query/web'));
  const options = ['--config', join(folder, 'unfold.yaml'), '--data', join(folder, 'data')];
  process.stderr.write('\n');
  const server = execa(unfold, [...options, 'serve', '--log', 'warn'], { stdio: 'inherit', reject: false });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal));
  return (await server).exitCode ?? 2;
}

try {
  process.exitCode = await runDemo({ folder, unfold });
  if (!process.argv.includes('--no-serve')) process.exitCode = await serveDemo();
} catch (error) {
  if (!(error instanceof UnfoldError)) throw error;
  process.stderr.write(`error ${error.code}: ${error.message}\n  ${error.remedy}\n`);
  process.exitCode = 2;
}
