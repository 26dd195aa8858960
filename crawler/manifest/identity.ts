// What else than a system's own state decides what a crawl says of it.
import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CrawlConfiguration } from '../../schemas/configuration.ts';

/** The code that turns a system into what a frame says of it, masking of secrets included. */
const CRAWLER = join(import.meta.dirname, '..');

/**
 * A hash of everything besides a file's metadata that its entry depends on: this code, what is configured, and which
 * disk or folder stands at `place`. Where it differs, nothing that was known is trusted.
 */
export function crawlIdentity(place: string, { maxFileBytes }: CrawlConfiguration): string {
  const code = readdirSync(CRAWLER, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((path) => hash('sha256', readFileSync(path)));
  return hash('sha256', JSON.stringify({ code, maxFileBytes, place: placeIdentity(place) }));
}

/** Another image under the same name is another disk, even if its files bear the same times. */
function placeIdentity(place: string): string | null {
  try {
    const { ino, birthtimeNs } = statSync(place, { bigint: true });
    return `${ino} ${birthtimeNs}`;
  } catch {
    // It cannot be opened either, and its frame says why.
    return null;
  }
}
