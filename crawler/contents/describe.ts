// What the bytes of a file tell: hash, text without secrets, whether it is still what its package brought.
import { hash } from 'node:crypto';
import type { FileContent, FileEntry } from '../../schemas/entries.ts';
import type { PackagedPath } from '../extractors/extractor.ts';
import { isCredentialFile } from '../redaction/credential-file.ts';
import { redact } from '../redaction/redact.ts';
import { decodeText, type DecodedText } from '../text/decode.ts';

/** What bytes add to the entry of their file, and how many values each rule masked in them. */
export interface Described {
  readonly added: Pick<FileEntry, 'hash' | 'content' | 'skipped' | 'package'>;
  readonly masked: Readonly<Record<string, number>>;
}

/** Describes the bytes of a file; `packaged` is what its package says of its path. Keeps nothing of `bytes`. */
export function describe(path: string, bytes: Buffer, packaged?: PackagedPath): Described {
  const { added, masked } = describeText(path, bytes);
  if (packaged !== undefined) {
    const { name, md5 } = packaged;
    added.package = md5 === undefined ? { name } : { name, modified: hash('md5', bytes) !== md5 };
  }
  return { added, masked };
}

function describeText(path: string, bytes: Buffer): { added: Described['added'] } & Described {
  const decoded = decodeText(bytes);
  const rule = credentialRule(path, bytes, decoded);
  if (rule !== null) return { added: { skipped: 'credential' }, masked: { [rule]: 1 } };
  if (decoded === null)
    return { added: { hash: { sha256: hash('sha256', bytes) }, skipped: 'binary' }, masked: {} };
  const { text, masked } = redact(innerPath(path, decoded), decoded.text);
  const isMasked = Object.keys(masked).length > 0;
  const content: FileContent = { ...decoded, text };
  if (isMasked) content.masked = masked;
  if (isMasked || !isVerbatim(decoded)) content.sha256 = hash('sha256', text);
  // The hash of the file could give a short secret away.
  return { added: isMasked ? { content } : { hash: { sha256: hash('sha256', bytes) }, content }, masked };
}

/** Whether the text, written as UTF-8, is the file. */
function isVerbatim(decoded: DecodedText): boolean {
  return decoded.encoding === 'utf-8' && decoded.compression === undefined;
}

/** The path that the text would have uncompressed. */
function innerPath(path: string, decoded: DecodedText): string {
  return decoded.compression === undefined ? path : path.replace(/\.t?gz$/i, '');
}

/** The rule by which nothing of a file may be kept, looking at the bytes and at what they hold. */
function credentialRule(path: string, bytes: Buffer, decoded: DecodedText | null): string | null {
  const rule = isCredentialFile(path, bytes);
  if (rule !== null || decoded === null || isVerbatim(decoded)) return rule;
  return isCredentialFile(innerPath(path, decoded), Buffer.from(decoded.text));
}
