// A fleet that looks like one: systems cloned from one image, each with a little of its own. Deterministic.
import type { EntryLine } from '../schemas/frame.ts';
import type { FrameLine } from '../indexer/engines/search-engine.ts';

const SYSTEMS_FILES_UNIQUE = 0.01;
const PACKAGES = 300;
const WORDS = 8000;

/** A small generator of numbers in [0, 1): mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const SYLLABLES = 'ba con der fi gra host in ker lo mod net op port qu ra ser ti user ver work x'.split(' ');

function vocabulary(): string[] {
  const next = random(7);
  return Array.from({ length: WORDS }, () => {
    const length = 1 + Math.floor(next() * 4);
    return Array.from({ length }, () => SYLLABLES[Math.floor(next() * SYLLABLES.length)]).join('');
  });
}

/** Words by rank as in text: few of them make most of it. */
function wordPicker(words: readonly string[], next: () => number): () => string {
  return () => words[Math.floor(words.length ** next()) - 1] ?? '';
}

function addressOf(next: () => number): string {
  const octet = () => Math.floor(next() * 256);
  return `10.${Math.floor(next() * 4)}.${octet()}.${octet()}${next() < 0.1 ? '/24' : ''}`;
}

/** Configuration, scripts and prose in one: about 1 to 12 KB. */
function textOf(seed: number, words: readonly string[]): string {
  const next = random(seed);
  const word = wordPicker(words, next);
  const lines = 20 + Math.floor(next() ** 2 * 280);
  const text: string[] = [];
  for (let line = 0; line < lines; line++) {
    const kind = next();
    if (kind < 0.03) text.push(`${word()}_host = ${addressOf(next)}`);
    else if (kind < 0.4) text.push(`${word()}.${word()} = "${word()} ${Math.floor(next() * 10_000)}"`);
    else text.push(`# ${Array.from({ length: 4 + Math.floor(next() * 6) }, word).join(' ')}`);
  }
  return text.join('\n');
}

export interface SimulatedFleet {
  readonly systems: number;
  /** Bytes of all distinct texts. */
  readonly textBytes: number;
  /** Addresses that are written in the image, and ones that single systems write. */
  readonly addresses: { readonly shared: string[]; readonly unique: string[] };
  /** The words, most common first. */
  readonly words: readonly string[];
  readonly frame: (system: number) => FrameLine[];
}

const TOPS = ['/etc', '/usr/share/doc', '/usr/lib', '/opt/app', '/var/lib'];

function pathOf(number: number, words: readonly string[]): string {
  const top = TOPS[number % TOPS.length] ?? '';
  const folder = words[Math.floor(number / 40) % words.length] ?? '';
  return `${top}/${folder}/${words[(number * 7) % words.length] ?? ''}-${number}.conf`;
}

/** `systems` systems with `files` files each. */
export function simulatedFleet(systems: number, files: number): SimulatedFleet {
  const words = vocabulary();
  const own = Math.round(files * SYSTEMS_FILES_UNIQUE);
  const image = Array.from({ length: files - own }, (_, number) => textOf(number + 1, words));
  const ownTexts = (system: number) =>
    Array.from({ length: own }, (_, number) => textOf(1_000_000 + system * files + number, words));
  let textBytes = 0;
  const unique: string[] = [];
  for (const text of image) textBytes += Buffer.byteLength(text);
  for (let system = 0; system < systems; system++) {
    const texts = ownTexts(system);
    for (const text of texts) textBytes += Buffer.byteLength(text);
    unique.push(...addressesOf(texts).slice(0, 1));
  }
  const frame = (system: number): FrameLine[] => {
    const next = random(99 + system);
    const texts = [...image, ...ownTexts(system)];
    const entries: EntryLine[] = [
      {
        feature: 'os',
        key: 'os',
        entry: { name: 'Debian', platform: system % 4 === 0 ? 'ubuntu' : 'debian', version: '12' },
      },
      ...Array.from({ length: PACKAGES }, (_, number) => packageLine(number, words, next() < 0.02)),
      ...texts.map((text, number) =>
        fileLine(
          number < image.length
            ? pathOf(number, words)
            : `/srv/own/${words[system] ?? ''}/${system}-${number}`,
          text,
          number,
          next,
        ),
      ),
    ];
    return framed(system, entries);
  };
  return { systems, textBytes, addresses: { shared: addressesOf(image), unique }, words, frame };
}

function addressesOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.match(/\b10\.\d+\.\d+\.\d+\b/g) ?? []);
}

function packageLine(number: number, words: readonly string[], updated: boolean): EntryLine {
  const name = `${words[number * 3] ?? ''}-${number}`;
  const version = `${1 + (number % 9)}.${number % 30}-${updated ? 2 : 1}`;
  const entry = {
    name,
    version,
    architecture: 'amd64',
    type: 'deb',
    status: 'installed',
    description: `${name} of the fleet`,
  };
  return { feature: 'package', key: `deb:${name}:amd64`, entry };
}

function fileLine(path: string, text: string, number: number, next: () => number): EntryLine {
  const time = (ms: number) => new Date(Date.UTC(2025, 0, 1) + ms).toISOString();
  const entry = {
    path,
    type: 'file',
    size: text.length,
    mode: number % 11 === 0 ? '0755' : '0644',
    uid: 0,
    gid: 0,
    owner: 'root',
    group: 'root',
    mtime: time(number * 60_000),
    ctime: time(20_000_000_000 + Math.floor(next() * 1e9)),
    inode: 100_000 + Math.floor(next() * 1_000_000),
    hash: { sha256: number.toString(16).padStart(64, '0') },
    content: { text, encoding: 'utf-8' },
    package: { name: `package-${number % PACKAGES}` },
  };
  return { feature: 'file', key: path, entry };
}

function framed(system: number, entries: readonly EntryLine[]): FrameLine[] {
  const at = new Date(Date.UTC(2026, 0, 1) + system * 1000).toISOString();
  const counts: Record<string, number> = {};
  for (const { feature } of entries) counts[feature] = (counts[feature] ?? 0) + 1;
  const name = `node${system}`;
  const id = `00000000-0000-4000-8000-${system.toString().padStart(12, '0')}`;
  return [
    {
      header: {
        schema: 'unfold.frame/1',
        id,
        system: { id: `rootfs:host${system % 10}/srv/${name}`, kind: 'host', name, labels: {} },
        at,
        features: ['os', 'package', 'file'],
        crawler: { version: '0.1.0', host: `host${system % 10}` },
      },
    },
    ...entries.map((line) => ({ line })),
    {
      end: { status: 'complete', finishedAt: at, counts, problems: 0, leftOut: [], masked: {}, skipped: {} },
    },
  ];
}
