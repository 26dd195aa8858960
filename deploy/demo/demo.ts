// The demo: builds the fleet once, crawls what has not been crawled since, answers the main question, says how to go on.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type Fleet, provideFleet } from './fleet.ts';
import { DEMO_SYSTEMS } from './systems.ts';

const QUESTION = '10.20.30.40';

/** What to try next, with what it shows. */
const NEXT: readonly (readonly [string, string])[] = [
  ['lookup fd00:20:30::40', 'the same machine over IPv6, however it is spelled'],
  ['lookup 10.20.30.0/24 --evidence all', 'a whole network: every line that writes an address in it'],
  [`search 'package:nginx 10.20.31.12'`, 'systems with a package that also reference an address'],
  [`search 'pg_dump'`, 'words, in any file of any system'],
  ['frame show web1', 'everything the crawl saw of one system'],
];

/** Where the demo lives, and how it calls `unfold`. */
export interface DemoOptions {
  /** Gets `fleet/`, `data/` and `unfold.yaml`. */
  readonly folder: string;
  /** The command, as a path. */
  readonly unfold: string;
}

function say(message: string): void {
  process.stderr.write(`demo: ${message}\n`);
}

/** Runs the demo; returns the exit status of the search. */
export async function runDemo({ folder, unfold }: DemoOptions): Promise<number> {
  const known = existsSync(join(folder, 'fleet', 'fleet.json'));
  if (!known) say(`building a fleet of ${DEMO_SYSTEMS.length} systems in ${shown(folder)}/fleet, once`);
  const fleet = await provideFleet(join(folder, 'fleet'), say);
  for (const skipped of fleet.skipped) say(`left out ${skipped}`);
  const configuration = await writeConfiguration(folder, fleet);
  const options = ['--config', configuration, '--data', join(folder, 'data')];
  const waiting = await notCrawledSince(fleet, unfold, options);
  const there = fleet.systems.length - waiting.length;
  if (there > 0) say(`${there} of ${fleet.systems.length} systems are indexed since the fleet was built`);
  if (waiting.length > 0) {
    say(`crawling ${waiting.map(({ name }) => name).join(', ')}`);
    await execa(unfold, [...options, 'crawl', ...waiting.map(targetOf)], { stdio: 'inherit', reject: false });
  }

  say(`which systems reference ${QUESTION}?\n`);
  const { exitCode } = await execa(unfold, [...options, 'search', QUESTION], {
    stdio: 'inherit',
    reject: false,
  });
  sayHowToGoOn(folder);
  return exitCode ?? 2;
}

type System = Fleet['systems'][number];

function targetOf({ scheme, path }: System): string {
  return `${scheme}:${path}`;
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

async function writeConfiguration(folder: string, fleet: Fleet): Promise<string> {
  const targets = fleet.systems.map((system) => {
    const { role } = DEMO_SYSTEMS.find(({ name }) => name === system.name) ?? {};
    return { target: targetOf(system), name: system.name, labels: { fleet: 'demo', role } };
  });
  const file = join(folder, 'unfold.yaml');
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(file, stringify({ data: 'data', host: hostname(), targets }));
  return file;
}

const Systems = z.object({
  systems: z.array(
    z.object({
      system: z.object({ name: z.string() }),
      frame: z.object({ at: z.string(), status: z.string() }).nullable(),
    }),
  ),
});

/** The systems of the fleet without a frame that is younger than the fleet; disks, which take longest, first. */
async function notCrawledSince(fleet: Fleet, unfold: string, options: readonly string[]): Promise<System[]> {
  const { stdout } = await execa(unfold, [...options, 'systems', '--json'], { reject: false });
  const answer = stdout === '' ? { systems: [] } : Systems.parse(JSON.parse(stdout));
  const frames = new Map(answer.systems.map(({ system, frame }) => [system.name, frame?.at ?? '']));
  const order = DEMO_SYSTEMS.map(({ name }) => name);
  const systems = fleet.systems.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return systems.filter(({ name }) => (frames.get(name) ?? '') < fleet.builtAt);
}

function sayHowToGoOn(folder: string): void {
  const width = Math.max(...NEXT.map(([command]) => command.length));
  // Compiled, this is part of an installed package, which has the command on the PATH.
  const name = import.meta.filename.endsWith('.ts') ? 'npx unfold' : 'unfold';
  const lines = NEXT.map(([command, what]) => `  ${name} ${command.padEnd(width)}   # ${what}`);
  const data = `  export UNFOLD_DATA=${shown(join(folder, 'data'))}`;
  process.stderr.write(`\nTo go on, in this folder:\n${[data, ...lines].join('\n')}\n`);
}
