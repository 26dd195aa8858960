// Targets → the systems to crawl.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sourceOfTarget } from '../crawler/sources/registry.ts';
import type { FoundSystem } from '../crawler/sources/source.ts';
import { INDEX_FILE, openEmbedded } from '../indexer/engines/embedded/engine.ts';
import type { TargetConfiguration } from '../schemas/configuration.ts';
import type { SystemRef } from '../schemas/system.ts';

/**
 * The systems of all targets, each once, and what is wrong with targets. A target that cannot be listed any more, or
 * lacks some of the systems that it had in the index of the data folder (null: none is used), stands for them all the
 * same: their crawl fails and is recorded.
 */
export async function systemsOf(
  targets: readonly TargetConfiguration[],
  host: string,
  dataFolder: string | null,
): Promise<{ systems: FoundSystem[]; errors: unknown[] }> {
  const systems = new Map<string, FoundSystem>();
  const errors: unknown[] = [];
  for (const target of targets) {
    try {
      for (const system of await listed(target, host, dataFolder)) systems.set(system.ref.id, system);
    } catch (error) {
      errors.push(error);
    }
  }
  return { systems: [...systems.values()], errors };
}

async function listed(
  target: TargetConfiguration,
  host: string,
  dataFolder: string | null,
): Promise<readonly FoundSystem[]> {
  const source = await sourceOfTarget(target.target);
  const known = dataFolder === null ? [] : await knownSystems(dataFolder);
  try {
    const found = await source.list(target, host);
    return [...found, ...source.lost(target, host, known, found)];
  } catch (error) {
    const lost = source.lost(target, host, known, null);
    if (lost.length === 0) throw error;
    return lost;
  }
}

/** The systems of an index, which need not exist yet. */
async function knownSystems(dataFolder: string): Promise<SystemRef[]> {
  if (!existsSync(join(dataFolder, INDEX_FILE))) return [];
  const engine = openEmbedded(dataFolder, 'read');
  try {
    const states = await engine.systems(null, new AbortController().signal);
    return states.map(({ system }) => system);
  } finally {
    await engine.close();
  }
}
