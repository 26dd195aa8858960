// Targets → the systems to crawl.
import { sourceOfTarget } from '../crawler/sources/registry.ts';
import type { FoundSystem } from '../crawler/sources/source.ts';
import type { TargetConfiguration } from '../schemas/configuration.ts';
import { UnfoldError } from '../schemas/error.ts';
import type { SystemRef } from '../schemas/system.ts';
import type { IndexChoice } from './index-choice.ts';
import { openIndex } from './index-opening.ts';

/**
 * The systems of all targets, each once, and what is wrong with targets. A target that cannot be listed any more, or
 * lacks some of the known systems that it had before, stands for them all the
 * same: their crawl fails and is recorded.
 */
export async function systemsOf(
  targets: readonly TargetConfiguration[],
  host: string,
  known: readonly SystemRef[],
): Promise<{ systems: FoundSystem[]; errors: unknown[] }> {
  const systems = new Map<string, FoundSystem>();
  const errors: unknown[] = [];
  for (const target of targets) {
    try {
      for (const system of await listed(target, host, known)) systems.set(system.ref.id, system);
    } catch (error) {
      errors.push(error);
    }
  }
  return { systems: [...systems.values()], errors };
}

async function listed(
  target: TargetConfiguration,
  host: string,
  known: readonly SystemRef[],
): Promise<readonly FoundSystem[]> {
  const source = await sourceOfTarget(target.target);
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
export async function knownSystems(index: IndexChoice): Promise<SystemRef[]> {
  try {
    const engine = await openIndex(index, 'read', { isPatient: true });
    try {
      const states = await engine.systems(null, new AbortController().signal);
      return states.map(({ system }) => system);
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (error instanceof UnfoldError && error.code === 'UNFOLD_DATA_MISSING') return [];
    throw error;
  }
}
