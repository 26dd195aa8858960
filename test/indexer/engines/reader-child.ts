// Asks an index that another process writes to, until its last frame is there: node reader-child.ts FOLDER FILES LAST_ROUND
// Prints the rounds that it saw, in order; fails where an answer is not of one frame alone.
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { roundsSeen } from '../../conformance/search-engine/rounds.ts';

const [folder = '', files, last] = process.argv.slice(2);
const engine = openEmbedded(folder, 'read');
const seen: number[] = [];
do seen.push(...(await roundsSeen(engine, Number(files))));
while (seen.at(-1) !== Number(last));
await engine.close();
console.log(JSON.stringify(seen));
