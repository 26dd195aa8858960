// A directory tree of many entries, copied from this machine's packages.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';

export const ENTRIES = 100_000;
/** Packages of this machine, and what tells which they are. */
const SAMPLE = ['/etc/os-release', '/var/lib/dpkg', '/usr/share', '/usr/lib', '/usr/include', '/usr'];

/** Runs a script to its end and returns what it printed. */
export function shell(script: string, ...args: string[]): string {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 30 } as const;
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', script, 'sh', ...args], options);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** A tree of so many entries below `folder`, made once. */
export function sampleTree(folder: string): string {
  const tree = join(folder, `tree-${ENTRIES}`);
  if (existsSync(tree)) return tree;
  const building = mkdtempSync(join(folder, 'building-'));
  const missing = (): number => ENTRIES - Number(shell('find "$1" | wc -l', building));
  const copy = `
    into=$1; most=$2; shift 2
    mkdir -p "$into"
    find "$@" -xdev \\( -type f -o -type d -o -type l \\) -readable -print0 | awk '!seen[$0]++' RS='\\0' ORS='\\0' |
      head -z -n "$most" | tar -c --null --no-recursion --ignore-failed-read -P -T - | tar -x -C "$into"`;
  shell(copy, building, String(ENTRIES - 1), ...SAMPLE);
  // A small machine is copied several times.
  for (let part = 1; missing() > ENTRIES / 100; part += 1) {
    shell(copy, join(building, `srv/copy-${part}`), String(missing()), ...SAMPLE);
  }
  renameSync(building, tree);
  return tree;
}
