// The entry of the command `unfold`: runs it, reports what fails, sets the exit status.
import { run } from './program.ts';

process.exitCode = await run(process.argv.slice(2));
