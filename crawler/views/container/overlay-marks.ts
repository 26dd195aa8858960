// What overlay file systems note on the files of a layer: directories that hide those below, and what stands elsewhere.
import { readFileSync, statSync } from 'node:fs';
import { UnfoldError } from '../../../schemas/error.ts';
import { run } from '../../process.ts';

/** Paths within a layer, as strings of bytes. */
export interface OverlayMarks {
  /** Directories that show nothing of the layers below. */
  readonly opaque: ReadonlySet<string>;
  /** What shows a file or directory of another name, or only its metadata, in a layer below. */
  readonly elsewhere: ReadonlySet<string>;
}

const TIMEOUT_MS = 600_000;
const NOTED = '^(trusted|user)\\.(overlay|fuseoverlayfs)\\.(opaque|redirect|metacopy)$';

/** Without this capability the kernel says of trusted attributes that there are none. */
const SYS_ADMIN = 1n << 21n;

/** False where this user may not see the marks of a layer: those of layers of its own are no trusted attributes. */
export function maySeeMarks(layer: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return (BigInt(`0x${effective}`) & SYS_ADMIN) !== 0n || statSync(layer).uid === process.geteuid?.();
}

/** Reads the marks of a layer. Throws UNFOLD_TOOL_MISSING without getfattr, UNFOLD_UNREADABLE where it cannot look. */
export async function overlayMarks(layer: string, signal: AbortSignal): Promise<OverlayMarks> {
  const args = ['-R', '-P', '-h', '-d', '--absolute-names', '-m', NOTED, '--', layer];
  const { stdout, stderr, exitCode } = await run('getfattr', args, { timeoutMs: TIMEOUT_MS, signal });
  // Files that vanish while it looks make it fail in the end.
  if (exitCode !== 0 && stdout.length === 0 && !/No such file/.test(stderr))
    throw new UnfoldError('UNFOLD_UNREADABLE', `the overlay marks of ${layer} cannot be read`);
  const opaque = new Set<string>();
  const elsewhere = new Set<string>();
  for (const block of stdout.toString('latin1').split('\n\n')) {
    const [, name] = /^# file: (.*)$/m.exec(block) ?? [];
    if (name === undefined) continue;
    const path = name.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const within = path.slice(Buffer.from(layer).toString('latin1').length) || '/';
    if (/^\S+\.opaque="[yx]"$/m.test(block)) opaque.add(within);
    if (/^\S+\.(?:redirect|metacopy)(?:=|$)/m.test(block)) elsewhere.add(within);
  }
  return { opaque, elsewhere };
}
