// Random changes of a directory tree.
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';

/** Names that meet again, so that one stands for a file, then a folder, then a link. */
const NAMES = ['a', 'b', 'etc', 'lib x', 'ü'];
const somePath = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((parts) => `/${parts.join('/')}`);
const text = fc.constantFrom(
  '',
  'one 10.1.2.3\n',
  'two 10.1.2.3\n',
  'password = hunter2222x\n',
  '\0\x01',
  'x'.repeat(4000),
);
/** A change of a tree; many have nothing to work on. */
export const treeChange = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), path: somePath, text }) },
  fc.record({ do: fc.constant('rewrite-quietly' as const), path: somePath }),
  fc.record({ do: fc.constant('append' as const), path: somePath, text }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path: somePath }) },
  fc.record({ do: fc.constant('folder' as const), path: somePath }),
  fc.record({ do: fc.constant('move' as const), path: somePath, to: somePath }),
  fc.record({ do: fc.constant('mode' as const), path: somePath, mode: fc.constantFrom(0o600, 0o755) }),
  fc.record({
    do: fc.constant('link' as const),
    path: somePath,
    to: fc.constantFrom('a', 'nowhere', '/no/such/place'),
  }),
  fc.record({ do: fc.constant('owners' as const), name: fc.constantFrom('root', 'admin') }),
  fc.record({
    do: fc.constant('package' as const),
    versions: fc.array(fc.nat(3), { maxLength: 3 }),
    owns: somePath,
  }),
);
export type Change = typeof treeChange extends fc.Arbitrary<infer T> ? T : never;

/** Where a path lies, with its folder made; throws where a link is on the way or at its end: it could lead out. */
function place(root: string, path: string): string {
  let at = root;
  const parts = path.split('/').slice(1);
  for (const [n, part] of parts.entries()) {
    at = join(at, part);
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) throw Object.assign(new Error(), { code: 'ELOOP' });
    if (stats === undefined && n < parts.length - 1) mkdirSync(at);
  }
  return at;
}

const STATUS = (version: number, n: number): string =>
  `Package: p${n}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: all\n`;

const CHANGES: { [Kind in Change['do']]: (root: string, change: Extract<Change, { do: Kind }>) => void } = {
  write: (root, { path, text }) => writeFileSync(place(root, path), text),
  'rewrite-quietly'(root, { path }) {
    const at = place(root, path);
    const { size, atime, mtime } = lstatSync(at);
    writeFileSync(at, 'q'.repeat(size));
    utimesSync(at, atime, mtime);
  },
  append: (root, { path, text }) => appendFileSync(place(root, path), text),
  remove: (root, { path }) => rmSync(join(place(root, dirname(path)), basename(path)), { recursive: true }),
  folder: (root, { path }) => mkdirSync(place(root, path)),
  move: (root, { path, to }) => renameSync(place(root, path), place(root, to)),
  mode: (root, { path, mode }) => chmodSync(place(root, path), mode),
  link: (root, { path, to }) => symlinkSync(to, place(root, path)),
  owners: (root, { name }) => writeFileSync(place(root, '/etc/passwd'), `${name}:x:0:0::/:\n`),
  package(root, { versions, owns }) {
    const info = place(root, '/var/lib/dpkg/info/p0');
    writeFileSync(place(root, '/var/lib/dpkg/status'), versions.map(STATUS).join('\n'));
    writeFileSync(`${info}.list`, `/.\n${owns}\n`);
    writeFileSync(`${info}.md5sums`, `${'0'.repeat(32)}  ${owns.slice(1)}\n`);
  },
};

/** Changes a tree; a change that has nothing to work on is none. */
export function changeTree(root: string, change: Change): void {
  try {
    (CHANGES[change.do] as (root: string, change: Change) => void)(root, change);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}
