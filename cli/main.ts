// The entry of the command `unfold`: runs it, reports what fails, sets the exit status.
import { enableCompileCache } from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endQuietlyWithoutReader } from './terminal.ts';
import { likelyDataFolder } from './settings.ts';

endQuietlyWithoutReader();
const argv = process.argv.slice(2);
// Compiled code is kept in an existing data folder, which a crawl may write to, and nowhere else.
const dataFolder = likelyDataFolder(argv);
if (existsSync(dataFolder)) enableCompileCache(join(dataFolder, 'compile-cache'));

const { run } = await import('./program.ts');
process.exitCode = await run(argv);
