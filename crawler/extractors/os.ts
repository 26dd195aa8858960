// The operating system: os-release, host name, newest installed kernel, architecture.
import type { OsEntry } from '../../schemas/entries.ts';
import type { Extraction, ExtractionContext, Extractor } from './extractor.ts';
import type { ReadFile } from '../views/view.ts';
import { problemOfSkip } from '../problem-of.ts';
import { MAX_STATUS_BYTES } from './debian/control.ts';
import { parseOsRelease } from '../text/os-release.ts';

/** In the order of precedence that os-release(5) gives. */
const OS_RELEASE_PATHS = ['/etc/os-release', '/usr/lib/os-release'];
const HOSTNAME_PATH = '/etc/hostname';
const DPKG_ARCHITECTURES_PATH = '/var/lib/dpkg/arch';
const KERNEL = /^\/boot\/vmlinu[xz]-(?<release>[0-9].*)$|^\/(?:usr\/)?lib\/modules\/(?<folder>[0-9][^/]*)$/;
const DPKG_STATUS_PATH = '/var/lib/dpkg/status';
/** dpkg is always of the system's own architecture. */
const DPKG_STANZA = /^Package: dpkg\n(?:.+\n)*?Architecture: (?<architecture>\S+)$/m;
const SMALL = 65_536;

const byVersion = new Intl.Collator('en', { numeric: true });

class OsExtraction implements Extraction {
  readonly #context: ExtractionContext;
  readonly #texts = new Map<string, string>();
  readonly #kernels: string[] = [];
  #dpkgArchitecture: string | undefined;

  constructor(context: ExtractionContext) {
    this.#context = context;
  }

  read({ path, content }: ReadFile): void {
    const kernel = KERNEL.exec(path)?.groups;
    if (kernel) this.#kernels.push(kernel['release'] ?? kernel['folder'] ?? '');
    else if (path === DPKG_STATUS_PATH) this.#readStatus(content);
    else if ('bytes' in content) this.#texts.set(path, content.bytes.toString());
    else this.#context.problem(problemOfSkip(path, content.skip, 'not read'));
  }

  /** What makes the status unreadable is the package extractor's to report. */
  #readStatus(content: ReadFile['content']): void {
    const stanza = 'bytes' in content ? content.bytes.indexOf('Package: dpkg\n') : -1;
    if (!('bytes' in content) || stanza < 0) return;
    const text = content.bytes.toString('latin1', stanza, stanza + SMALL);
    this.#dpkgArchitecture = DPKG_STANZA.exec(text)?.groups?.['architecture'];
  }

  afterReads(): void {
    const release = this.#release();
    const entry = present({
      name: release.get('NAME'),
      full: release.get('PRETTY_NAME'),
      version: release.get('VERSION_ID'),
      platform: release.get('ID'),
      family: release.get('ID_LIKE')?.split(/\s+/)[0] ?? release.get('ID'),
      codename: release.get('VERSION_CODENAME'),
      kernel: this.#kernels.sort(byVersion.compare).at(-1),
      hostname: firstLine(this.#texts.get(HOSTNAME_PATH)),
      architecture: firstLine(this.#texts.get(DPKG_ARCHITECTURES_PATH)) ?? this.#dpkgArchitecture,
    });
    if (Object.keys(entry).length > 0) this.#context.emit('os', entry);
  }

  #release(): Map<string, string> {
    for (const path of OS_RELEASE_PATHS) {
      const text = this.#texts.get(path);
      if (text === undefined) continue;
      const release = parseOsRelease(text);
      if (release.size > 0) return release;
      this.#context.problem({ code: 'UNFOLD_MALFORMED', path, message: 'no assignment in it' });
    }
    return new Map();
  }
}

function firstLine(text: string | undefined): string | undefined {
  return text
    ?.split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
}

function present(entry: { [K in keyof OsEntry]: OsEntry[K] | undefined }): OsEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined && value !== ''));
}

/** Extracts the entry `os`. */
export const os: Extractor = {
  name: 'os',
  feature: 'os',
  requires: ['files'],
  reads: [
    ...[...OS_RELEASE_PATHS, HOSTNAME_PATH, DPKG_ARCHITECTURES_PATH].map((pattern) => ({
      pattern,
      maxBytes: SMALL,
    })),
    { pattern: DPKG_STATUS_PATH, maxBytes: MAX_STATUS_BYTES },
    ...['/boot/vmlinuz-*', '/boot/vmlinux-*', '/lib/modules/*'].map((pattern) => ({ pattern, maxBytes: 0 })),
  ],
  start: (context) => new OsExtraction(context),
};
