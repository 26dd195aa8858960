// Columns of whole numbers, packed: what is near to the number before it takes little.

/** In the first byte of a number: whether others follow, what it is, and its lowest five bits. */
const MORE = 0x80;
const PLUS = 0x20;
const MINUS = 0x40;
const FIRST_VALUES = 0x20;

/** Whole numbers and nulls, each as its difference to the one before, in a varying number of bytes. */
export function packNumbers(values: readonly (number | null)[]): Buffer {
  const bytes: number[] = [];
  let before = 0;
  for (const value of values) {
    if (value === null) {
      bytes.push(0);
      continue;
    }
    const size = Math.abs(value - before);
    let rest = Math.floor(size / FIRST_VALUES);
    bytes.push((value < before ? MINUS : PLUS) | (size % FIRST_VALUES) | (rest > 0 ? MORE : 0));
    for (; rest > 0; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | (rest >= 0x80 ? MORE : 0));
    before = value;
  }
  return Buffer.from(bytes);
}

/** The numbers of such bytes. */
export function unpackNumbers(packed: Uint8Array): (number | null)[] {
  const values: (number | null)[] = [];
  let before = 0;
  for (let at = 0; at < packed.length;) {
    const first = packed[at++] ?? 0;
    if (first === 0) {
      values.push(null);
      continue;
    }
    let size = first % FIRST_VALUES;
    let scale = FIRST_VALUES;
    for (let more = first & MORE; more !== 0; scale *= 0x80) {
      const byte = packed[at++] ?? 0;
      size += (byte % 0x80) * scale;
      more = byte & MORE;
    }
    before += (first & MINUS) === 0 ? size : -size;
    values.push(before);
  }
  return values;
}
