// Extended headers of POSIX tar archives: what does not fit into the fields of a header.
import { MalformedArchive } from './tar.ts';

/** Records by key; values are strings of bytes (latin1), an empty one takes back what was said. Throws MalformedArchive. */
export function paxRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const { blank, end } = recordAt(bytes, at);
    const [, key = '', value = ''] =
      /^([^=]+)=(.*)$/s.exec(bytes.toString('latin1', blank + 1, end - 1)) ?? [];
    if (key === '' || (NAMES.includes(key) && value.includes('\0'))) throw noRecord();
    records.set(key, value);
    at = end;
  }
  return records;
}

/** A record's length comes first, then a blank. */
function recordAt(bytes: Buffer, at: number): { blank: number; end: number } {
  const blank = bytes.indexOf(0x20, at);
  const digits = blank < 0 || blank - at > 10 ? '' : bytes.toString('latin1', at, blank);
  const end = at + (/^[0-9]+$/.test(digits) ? Number(digits) : 0);
  if (end <= blank + 1 || end > bytes.length || bytes[end - 1] !== 0x0a) throw noRecord();
  return { blank, end };
}

const NAMES = ['path', 'linkpath', 'GNU.sparse.name'];

function noRecord(): MalformedArchive {
  return new MalformedArchive('an extended header that is none');
}

/** A decimal number of a record; undefined where there is none. Throws MalformedArchive. */
export function paxNumber(records: ReadonlyMap<string, string>, key: string): number | undefined {
  const text = records.get(key);
  if (text === undefined || text === '') return undefined;
  const value = /^-?[0-9]{1,16}(?:\.[0-9]*)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new MalformedArchive('a number that is none');
  return value;
}
