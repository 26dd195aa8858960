// Packages of dpkg: the status database, and the status.d folder of images without dpkg.
import type { PackageEntry } from '../../schemas/entries.ts';
import { problemOfSkip } from '../problem-of.ts';
import type { ReadFile } from '../views/view.ts';
import { MAX_STATUS_BYTES, stanzas, type Stanza } from './debian/control.ts';
import type { Extraction, ExtractionContext, Extractor } from './extractor.ts';

const WANTED = new Set([
  'package',
  'status',
  'version',
  'config-version',
  'architecture',
  'source',
  'maintainer',
  'installed-size',
  'description',
]);
const NAME = /^[A-Za-z0-9][A-Za-z0-9+.-]*$/;
const SOURCE = /^(?<name>\S+)(?:\s+\((?<version>[^)]+)\))?$/;

class DpkgExtraction implements Extraction {
  readonly #context: ExtractionContext;
  readonly #keys = new Set<string>();

  constructor(context: ExtractionContext) {
    this.#context = context;
  }

  read({ path, content }: ReadFile): void {
    if (path.endsWith('.md5sums')) return;
    if ('skip' in content) {
      this.#context.problem(problemOfSkip(path, content.skip, 'packages were not read'));
      return;
    }
    for (const stanza of stanzas(content.bytes.toString(), WANTED)) this.#add(path, stanza);
  }

  #add(path: string, { fields, line, sound }: Stanza): void {
    const status = statusOf(fields.get('status'));
    if (status === 'not-installed') return;
    const entry = packageEntry(fields, status);
    const key = entry && `deb:${entry.name}:${entry.architecture ?? ''}`;
    const fault =
      entry === null || key === null
        ? 'no package in it'
        : this.#keys.has(key)
          ? `${entry.name} stands in it again`
          : sound
            ? null
            : `${entry.name} has a line that is no field`;
    if (fault !== null) {
      this.#context.problem({ code: 'UNFOLD_MALFORMED', path, message: `stanza of line ${line}: ${fault}` });
    }
    if (entry === null || key === null || this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#context.emit(key, entry);
  }
}

/** The last of the three words `WANTED FLAG STATUS`; a stanza without them is of an image that was built so. */
function statusOf(field: string | undefined): string {
  return field?.split(/\s+/)[2] ?? 'installed';
}

function packageEntry(fields: Stanza['fields'], status: string): PackageEntry | null {
  const name = fields.get('package');
  const version = fields.get('version') ?? fields.get('config-version');
  if (name === undefined || !NAME.test(name) || version === undefined || version === '') return null;
  const entry: PackageEntry = {
    name,
    version,
    type: 'deb',
    status,
    source: sourceOf(fields.get('source'), name, version),
  };
  const architecture = fields.get('architecture');
  if (architecture) entry.architecture = architecture;
  const description = fields.get('description')?.split('\n', 1)[0];
  if (description) entry.description = description;
  const maintainer = fields.get('maintainer');
  if (maintainer) entry.maintainer = maintainer;
  const kib = fields.get('installed-size') ?? '';
  if (/^\d{1,12}$/.test(kib)) entry.size = Number(kib) * 1024;
  return entry;
}

/** A package names its source only where it is called otherwise, or has another version. */
function sourceOf(field: string | undefined, name: string, version: string): PackageEntry['source'] {
  const source = SOURCE.exec(field ?? '')?.groups;
  return { name: source?.['name'] ?? name, version: source?.['version'] ?? version };
}

/** Extracts the packages that dpkg knows, those of which only configuration is left with that status. */
export const dpkg: Extractor = {
  name: 'dpkg',
  feature: 'package',
  requires: ['files'],
  reads: [
    { pattern: '/var/lib/dpkg/status', maxBytes: MAX_STATUS_BYTES },
    { pattern: '/var/lib/dpkg/status.d/*', maxBytes: MAX_STATUS_BYTES },
  ],
  start: (context) => new DpkgExtraction(context),
};
