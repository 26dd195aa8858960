// The manifests of a data folder: one per system and per place that its frames go to.
import { hash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A memory aid: whatever is lost, damaged or out of date in it costs a crawl in full, nothing else. That is why nothing
 * here throws.
 */
export class ManifestStore {
  readonly #folder: string;
  readonly #destination: string;

  /** `destination` names who gets the frames: a delta is on one that they have. */
  constructor(dataFolder: string, destination: string) {
    this.#folder = join(dataFolder, 'manifests');
    this.#destination = destination;
  }

  /** Where the manifest of a system lies, if there is one. */
  pathOf(system: string): string {
    return join(this.#folder, hash('sha256', `${this.#destination}\0${system}`).slice(0, 32));
  }

  /** Makes a manifest that lies beside a frame the one of its system, as that frame has arrived. */
  accept(system: string, manifest: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      renameSync(manifest, this.pathOf(system));
    } catch {
      // The one before stays. It is about another frame than the newest, and so is of no use and of no harm.
    }
  }

  /** Forgets the manifest of a system. */
  drop(system: string): void {
    try {
      rmSync(this.pathOf(system), { force: true });
    } catch {
      // As above.
    }
  }
}
