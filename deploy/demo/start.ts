// What `npm start` runs after deploy/setup.sh: the demo, in the git-ignored folder .unfold of the checkout.
import { join } from 'node:path';
import { runDemo } from './demo.ts';

const checkout = join(import.meta.dirname, '../..');

process.exitCode = await runDemo({ folder: join(checkout, '.unfold'), unfold: join(checkout, 'cli/unfold') });
