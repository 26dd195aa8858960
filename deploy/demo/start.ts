// What `npm start` runs after deploy/setup.sh: the demo, in the named folder or .unfold of the checkout.
import { join, resolve } from 'node:path';
import { UnfoldError } from '../../schemas/error.ts';
import { runDemo } from './demo.ts';

const checkout = join(import.meta.dirname, '../..');

const folder = resolve(process.argv[2] ?? join(checkout, '.unfold'));

try {
  process.exitCode = await runDemo({ folder, unfold: join(checkout, 'cli/unfold') });
} catch (error) {
  if (!(error instanceof UnfoldError)) throw error;
  process.stderr.write(`error ${error.code}: ${error.message}\n  ${error.remedy}\n`);
  process.exitCode = 2;
}
