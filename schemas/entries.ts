// The entries of a frame, by feature. Names follow the Elastic Common Schema where it has a word.
import { z } from 'zod';

const instant = z.iso.datetime();
const count = z.int().nonnegative();

/** The operating system; key `os`. ECS `host.os.*`. */
export const OsEntry = z.object({
  name: z.string().optional(),
  full: z.string().optional(),
  version: z.string().optional(),
  /** `ID` of os-release, e.g. `debian`. */
  platform: z.string().optional(),
  /** First word of `ID_LIKE`, else `ID`. */
  family: z.string().optional(),
  codename: z.string().optional(),
  /** Newest installed kernel release. */
  kernel: z.string().optional(),
  hostname: z.string().optional(),
  architecture: z.string().optional(),
});
export type OsEntry = z.infer<typeof OsEntry>;

export const FileType = z.enum(['file', 'dir', 'symlink', 'fifo', 'socket', 'block', 'char']);
export type FileType = z.infer<typeof FileType>;

/** Why a regular file comes without text. */
export const ContentSkip = z.enum(['too-large', 'binary', 'unreadable', 'torn', 'credential', 'not-read']);
export type ContentSkip = z.infer<typeof ContentSkip>;

/** The text of a file, secrets already masked. */
export const FileContent = z.object({
  text: z.string(),
  encoding: z.enum(['utf-8', 'latin-1', 'utf-16le', 'utf-16be']),
  /** Set when the text was found inside a compressed file. */
  compression: z.literal('gzip').optional(),
  /** True when only the beginning of the text was kept. */
  truncated: z.literal(true).optional(),
  /** SHA-256 of `text` as UTF-8, present when it differs from the file's own hash (masked, decoded or decompressed). */
  sha256: z.hash('sha256').optional(),
  /** How many values each masking rule removed. */
  masked: z.record(z.string(), count).optional(),
});
export type FileContent = z.infer<typeof FileContent>;

/** One path; key = `path`. ECS `file.*`. */
export const FileEntry = z.object({
  /** Absolute within the system; bytes that are not UTF-8 are written `\xHH`. */
  path: z.string(),
  /** Base64 of the exact name, only where it is not UTF-8. */
  path_bytes: z.base64().optional(),
  type: FileType,
  /** Bytes. */
  size: count,
  /** Octal permission bits, four digits. */
  mode: z.string().regex(/^[0-7]{4}$/),
  uid: count,
  gid: count,
  owner: z.string().optional(),
  group: z.string().optional(),
  mtime: instant,
  ctime: instant,
  inode: count,
  target_path: z.string().optional(),
  /** Hash of the bytes as they lie on the disk; left out where a secret was masked, which a hash could give away. */
  hash: z.object({ sha256: z.hash('sha256') }).optional(),
  content: FileContent.optional(),
  skipped: ContentSkip.optional(),
  /** The package that owns the path; `modified` tells whether it differs from the packaged checksum, where known. */
  package: z.object({ name: z.string(), modified: z.boolean().optional() }).optional(),
});
export type FileEntry = z.infer<typeof FileEntry>;

/** An installed package; key `TYPE:NAME:ARCHITECTURE`. ECS `package.*`. */
export const PackageEntry = z.object({
  name: z.string(),
  /** Complete, with epoch and revision. */
  version: z.string(),
  architecture: z.string().optional(),
  type: z.enum(['deb']),
  /** `installed`, or the package manager's own word for what is left of it. */
  status: z.string(),
  description: z.string().optional(),
  source: z.object({ name: z.string(), version: z.string() }).optional(),
  maintainer: z.string().optional(),
  /** Installed size in bytes, as the package states it. */
  size: count.optional(),
});
export type PackageEntry = z.infer<typeof PackageEntry>;

/** A running process; key `PID@START`. ECS `process.*`. */
export const ProcessEntry = z.object({
  /** As the machine it runs on numbers it. */
  pid: count,
  /** As its own namespace numbers it, where that is another one. */
  vpid: count.optional(),
  parent: z.object({ pid: count }).optional(),
  name: z.string(),
  /** As the kernel tells it: ` (deleted)` follows where the file was replaced since. */
  executable: z.string().optional(),
  /** Secrets masked; none of a kernel thread. */
  args: z.array(z.string()),
  command_line: z.string(),
  /** Set where only the beginning of the arguments was kept. */
  truncated: z.literal(true).optional(),
  user: z.object({ id: z.string(), name: z.string().optional() }).optional(),
  start: instant.optional(),
  /** `running`: it runs when it has something to do. `blocked`: it waits for a device. */
  state: z.enum(['running', 'blocked', 'stopped', 'zombie']).optional(),
  threads: count.optional(),
  /** Resident bytes, rounded down to a power of two. */
  memory: z.object({ rss: count }).optional(),
  /** Path of its control group. */
  cgroup: z.string().optional(),
});
export type ProcessEntry = z.infer<typeof ProcessEntry>;

const endpoint = z.object({ ip: z.string(), port: z.int().min(0).max(65_535) });

/**
 * A socket; key `TRANSPORT LOCAL REMOTE NAMESPACE`, without what it lacks. `remote` is absent where it only listens, or
 * receives from anyone; a unix socket has a `path`, which begins with `@` where it is no file.
 */
export const ConnectionEntry = z.object({
  transport: z.enum(['tcp', 'udp', 'unix']),
  state: z.enum(['listening', 'established', 'opening', 'closing', 'other']),
  local: endpoint.optional(),
  remote: endpoint.optional(),
  path: z.string().optional(),
  /** Who holds it; of several processes the oldest. */
  process: z.object({ pid: count, name: z.string() }).optional(),
  /** Number of its network namespace, where that is not the system's own. */
  namespace: z.string().optional(),
});
export type ConnectionEntry = z.infer<typeof ConnectionEntry>;

/** A network interface; key `NAME NAMESPACE`. `ip` are addresses with their prefix length. */
export const InterfaceEntry = z.object({
  /** `?` where addresses cannot be told to belong to one. */
  name: z.string(),
  mac: z.string().optional(),
  ip: z.array(z.string()),
  /** Number of its network namespace, where that is not the system's own. */
  namespace: z.string().optional(),
});
export type InterfaceEntry = z.infer<typeof InterfaceEntry>;

/** Entry schema of every feature. */
export const ENTRY_SCHEMAS = {
  os: OsEntry,
  file: FileEntry,
  package: PackageEntry,
  process: ProcessEntry,
  connection: ConnectionEntry,
  interface: InterfaceEntry,
} as const;

export const Feature = z.enum(['os', 'file', 'package', 'process', 'connection', 'interface']);
export type Feature = z.infer<typeof Feature>;

/** Entry type of every feature. */
export type EntryOf<F extends Feature> = z.infer<(typeof ENTRY_SCHEMAS)[F]>;
export type Entry = EntryOf<Feature>;
