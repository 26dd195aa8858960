// What `npm start` runs after deploy/setup.sh: the demo, in the named folder or .unfold of the checkout.
import { join, resolve } from 'node:path';
import { ExecaError } from 'execa';
import { runDemo } from './demo.ts';

const checkout = join(import.meta.dirname, '../..');

const folder = resolve(process.argv[2] ?? join(checkout, '.unfold'));

try {
  process.exitCode = await runDemo({ folder, unfold: join(checkout, 'cli/unfold') });
} catch (error) {
  const message = error instanceof ExecaError ? `${error.shortMessage}\n${error.stderr}` : String(error);
  process.stderr.write(`demo: failed: ${message}\n`);
  process.exitCode = 2;
}
