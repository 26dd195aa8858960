// Recognises binary files that hold private keys, by their form.

/** An ASN.1 element: where its content starts and ends. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const INTEGER = 0x02;
const OCTETS = 0x04;
const OID = 0x06;
const SEQUENCE = 0x30;
const PKCS5_OR_PKCS12_ENCRYPTION = /^2a864886f70d01(?:05|0c01)/;
/** A number from 0 to 3 at the end. */
const SMALL_VERSION = /02010[0-3]$/;
const PKCS7 = /^2a864886f70d0107/;

function elementAt(bytes: Buffer, at: number): Element | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return null;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4 || at + 2 + octets > bytes.length) return null;
  const start = at + 2 + octets;
  return { tag, start, end: start + bytes.readUIntBE(at + 2, octets) };
}

/** The first elements inside another one. */
function childrenOf(bytes: Buffer, parent: Element, most: number): Element[] {
  const children: Element[] = [];
  for (let at = parent.start; children.length < most && at < parent.end;) {
    const child = elementAt(bytes, at);
    if (child === null) break;
    children.push(child);
    at = child.end;
  }
  return children;
}

function objectId(bytes: Buffer, sequence: Element): string {
  const [id] = childrenOf(bytes, sequence, 1);
  return id?.tag === OID ? bytes.toString('hex', id.start, Math.min(id.end, id.start + 32)) : '';
}

/** `EncryptedPrivateKeyInfo`: an algorithm that encrypts with a password, and the rest. */
function isEncryptedKey(bytes: Buffer, algorithm: Element, rest: Element): boolean {
  return rest.tag === OCTETS && PKCS5_OR_PKCS12_ENCRYPTION.test(objectId(bytes, algorithm));
}

/** After the version: an algorithm and octets (PKCS#8), a long number or octets (PKCS#1, SEC 1), PKCS#7 (PKCS#12). */
function isVersioned(bytes: Buffer, second: Element, third: Element | undefined): boolean {
  if (second.tag !== SEQUENCE)
    return (second.tag === INTEGER || second.tag === OCTETS) && second.end - second.start >= 16;
  const id = objectId(bytes, second);
  return PKCS7.test(id) || (id !== '' && third?.tag === OCTETS);
}

/** PKCS#1, PKCS#8 (encrypted or not), SEC 1 and PKCS#12, told from the first three elements. */
function isPrivateDer(bytes: Buffer): boolean {
  // BER of indefinite length, as some tools write PKCS#12.
  if (bytes.subarray(0, 5).toString('hex') === '3080020103') return true;
  const outer = elementAt(bytes, 0);
  if (outer?.tag !== SEQUENCE || outer.end > bytes.length || bytes.length - outer.end > 16) return false;
  const [first, second, third] = childrenOf(bytes, outer, 3);
  if (first === undefined || second === undefined) return false;
  if (first.tag === SEQUENCE) return isEncryptedKey(bytes, first, second);
  return (
    bytes.toString('hex', 0, first.end).match(SMALL_VERSION) !== null && isVersioned(bytes, second, third)
  );
}

const YEAR_1990 = 631_152_000;
const YEAR_2100 = 4_102_444_800;
const OLD_LENGTH_OCTETS = [1, 2, 4, 0];
const PGP_SECRET_TAGS = new Set([5, 7]);

/** Where the body of an OpenPGP packet with a secret key starts, or -1 (RFC 9580, 4.2 and 5.5). */
function pgpSecretBody(bytes: Buffer): number {
  const first = bytes[0] ?? 0;
  const length = bytes[1] ?? 0;
  if (first < 0x80) return -1;
  if (first >= 0xc0) return !PGP_SECRET_TAGS.has(first & 0x3f) ? -1 : length < 192 ? 2 : length < 224 ? 3 : 6;
  return PGP_SECRET_TAGS.has((first >> 2) & 0x0f) ? 1 + (OLD_LENGTH_OCTETS[first & 3] ?? 0) : -1;
}

/** An OpenPGP secret key or subkey at the beginning: its version and time of creation are plausible. */
function isPgpSecret(bytes: Buffer): boolean {
  const body = pgpSecretBody(bytes);
  if (body < 0 || bytes.length < 16) return false;
  const version = bytes[body] ?? 0;
  const created = bytes.readUInt32BE(body + 1);
  return version >= 2 && version <= 6 && created > YEAR_1990 && created < YEAR_2100;
}

/** A Java key store that has a private or secret key, or cannot be read to its end; one of certificates alone is public. */
function isJavaKeyStore(bytes: Buffer): boolean {
  const magic = bytes.subarray(0, 4).toString('hex');
  if (magic !== 'feedfeed' && magic !== 'cececece') return false;
  let at = 12;
  try {
    for (let left = bytes.readUInt32BE(8); left > 0; left--) {
      if (bytes.readUInt32BE(at) !== 2) return true;
      at += 6 + bytes.readUInt16BE(at + 4) + 8;
      at += 2 + bytes.readUInt16BE(at);
      at += 4 + bytes.readUInt32BE(at);
    }
  } catch {
    return true;
  }
  return false;
}

/** First bytes, in hexadecimal, of files that are key stores by themselves. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['03d9a29a', 'private-key-file'],
  ['4c554b53babe', 'private-key-file'],
  ['0000000100000014', 'private-key-file'],
  ['0000000200000014', 'private-key-file'],
  [Buffer.from('openssh-key-v1\0').toString('hex'), 'private-key-file'],
  [Buffer.from('== ed25519v1-secret').toString('hex'), 'private-key-file'],
  ['0504000c', 'credential-file'],
];

function isKeytab(bytes: Buffer): boolean {
  if (bytes[0] !== 5 || bytes[1] !== 2 || bytes.length < 20) return false;
  const length = Math.abs(bytes.readInt32BE(2));
  return length > 8 && length <= bytes.length - 6;
}

/** Of all containers, those below 0x80; text hardly ever begins with one. */
const FIRST_BYTES = new Set([
  ...MAGIC.map(([magic]) => Number.parseInt(magic.slice(0, 2), 16)),
  0x05,
  SEQUENCE,
]);

/** The rule that binary content falls under, or null. */
export function keyContainer(bytes: Buffer): string | null {
  if (!FIRST_BYTES.has(bytes[0] ?? 0) && (bytes[0] ?? 0) < 0x80) return null;
  const head = bytes.toString('hex', 0, 24);
  for (const [magic, rule] of MAGIC) if (head.startsWith(magic)) return rule;
  if (isKeytab(bytes)) return 'keytab';
  return isPrivateDer(bytes) || isPgpSecret(bytes) || isJavaKeyStore(bytes) ? 'private-key-file' : null;
}
