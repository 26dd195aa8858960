// Any address, in any notation, in any text: found with the right range. Any junk: no exception, and in linear time.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressesIn, parseAddress } from '../../../indexer/terms/addresses.ts';

type Range = readonly [low: bigint, high: bigint];

const MAPPED = 0xffff_0000_0000n;

function hex(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}

function dotted(value: number, separator = '.'): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(separator);
}

/** Network of `bits` leading bits. */
function networkOf(value: bigint, bits: number, width: number): Range {
  const size = 1n << BigInt(width - bits);
  const low = value - (value % size);
  return [low, low + size - 1n];
}

const ipv4 = fc.nat({ max: 0xffff_ffff });
const bits4 = fc.integer({ min: 0, max: 32 });
const NETMASKS = Array.from({ length: 33 }, (_, bits) =>
  dotted(Number((0xffff_ffffn << BigInt(32 - bits)) & 0xffff_ffffn)),
);

function one4(value: number): Range {
  const number = MAPPED + BigInt(value);
  return [number, number];
}

/** An IPv4 address in some notation, with what it stands for. */
const written4 = fc.tuple(ipv4, fc.nat()).map(([value, pick]): [string, Range] => {
  const notations: readonly string[] = [
    dotted(value),
    `${dotted(value)}:5432`,
    `[${dotted(value)}]:25`,
    `${dotted(value)}#53`,
    `http://user:pw@${dotted(value)}/x`,
    dotted(value, String.raw`\.`),
    dotted(value, '[.]'),
    `::ffff:${dotted(value)}`,
    `[::FFFF:${dotted(value)}]:80`,
    `::ffff:${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`,
    `${dotted(value).split('.').reverse().join('.')}.in-addr.arpa`,
    `${dotted(value)}/32`,
  ];
  return [notations[pick % notations.length] ?? '', one4(value)];
});

const network4 = fc.tuple(ipv4, bits4, fc.nat()).map(([value, bits, pick]): [string, Range] => {
  const range = networkOf(MAPPED + BigInt(value), bits, 32);
  const base = dotted(Number(range[0] - MAPPED));
  const mask = NETMASKS[bits] ?? '';
  const notations = [
    `${base}/${bits}`,
    `${dotted(value)}/${bits}`,
    `${base}/${mask}`,
    `${base} netmask ${mask}`,
    // The whole block names the mapping, not a network.
    ...(bits > 0 ? [`::ffff:${base}/${96 + bits}`] : []),
    ...(bits > 0 && bits < 32 ? [`${base} ${mask}`] : []),
  ];
  return [notations[pick % notations.length] ?? '', range];
});

const range4 = fc.tuple(ipv4, ipv4, fc.nat()).map(([a, b, pick]): [string, Range] => {
  const [low, high] = [Math.min(a, b), Math.max(a, b) === Math.min(a, b) ? a + 1 : Math.max(a, b)];
  const last = (low | 255) >>> 0;
  const notations: readonly [string, number][] = [
    [`${dotted(low)}-${dotted(high)}`, high],
    [`${dotted(low)} - ${dotted(high)}`, high],
    [`range ${dotted(low)} ${dotted(high)};`, high],
    low === last ? [`${dotted(low)}..${dotted(high)}`, high] : [`${dotted(low)}-${last & 255}`, last],
  ];
  const [text, end] = notations[pick % notations.length] ?? ['', 0];
  return [text, [MAPPED + BigInt(low), MAPPED + BigInt(end)]];
});

const groups = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 });

function number6(parts: readonly number[]): bigint {
  return parts.reduce((value, group) => (value << 16n) + BigInt(group), 0n);
}

/** Zero runs written as `::`, at any of the places where that can be done. */
function compressed(parts: readonly number[], pick: number): string {
  const zeros = parts.flatMap((group, index) => (group === 0 ? [index] : []));
  const at = zeros[pick % zeros.length];
  if (at === undefined) return parts.map((group) => group.toString(16)).join(':');
  let end = at;
  while (parts[end] === 0) end += 1;
  const side = (from: number, to: number): string =>
    parts
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return `${side(0, at)}::${side(end, 8)}`;
}

/** Hex letters around `::` alone are a scope by rule; eight pairs are a world wide name. */
function isAddressByForm(text: string): boolean {
  return (
    (/\d/.test(text) || /[^:]:[^:]/.test(text)) &&
    text !== '::' &&
    !/^([\da-f]{2}:){7}[\da-f]{2}$/i.test(text)
  );
}

const plain6 = fc
  .tuple(groups, fc.nat(), fc.boolean())
  .map(([parts, pick, upper]): [string, bigint] => {
    const full = parts.map((group) => group.toString(16).padStart(4, '0')).join(':');
    const text = pick % 3 === 0 ? full : compressed(parts, pick);
    return [upper ? text.toUpperCase() : text, number6(parts)];
  })
  .filter(([text]) => isAddressByForm(text));

const written6 = fc
  .tuple(plain6, fc.nat(), fc.integer({ min: 0, max: 128 }))
  .map(([[text, value], pick, bits]) => {
    const nibbles = Array.from(hex(value)).reverse().join('.');
    const notations: readonly [string, Range][] = [
      [text, [value, value]],
      [`[${text}]:443`, [value, value]],
      [`${text}%eth0`, [value, value]],
      [`${text}#53`, [value, value]],
      [`https://u:p@[${text}]:8443/x`, [value, value]],
      [`${nibbles}.ip6.arpa`, [value, value]],
      [`${text}/${bits}`, networkOf(value, bits, 128)],
      [`${text}%eth0/${bits}`, networkOf(value, bits, 128)],
    ];
    return notations[pick % notations.length] ?? (['', [0n, 0n]] as [string, Range]);
  });

/** Text without digits and colons before and after, as configuration has it. */
const filler = fc
  .array(
    fc.constantFrom('deny', 'from', '#', '{', ' ', '\n', '\r\n', 'ünï', '服务', '😀', '.', ',', '\t', '"'),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const open = fc.constantFrom(' ', '\n', '="', ' (', ',', "'", '\t', '{', '服');
const close = fc.constantFrom(' ', '\r\n', '"', ')', ',', "'", ';', '\n', '');

describe('an address in any notation', () => {
  test('is found in any text with the range it stands for', () => {
    const written = fc.oneof(written4, network4, range4, written6);
    fc.assert(
      fc.property(written, filler, open, close, filler, ([text, [low, high]], head, left, right, tail) => {
        const all = addressesIn(`${head}${left}${text}${right}${right === '' ? '' : tail}`);
        expect(all.map((each) => `${each.low}-${each.high}`)).toContain(`${hex(low)}-${hex(high)}`);
      }),
      { numRuns: 5000 },
    );
  });

  test('is read as a query term', () => {
    const askable = fc
      .oneof(written4, network4, range4, written6)
      .filter(([text]) => !/:\/\/|^range/.test(text));
    fc.assert(
      fc.property(askable, ([text, [low, high]]) => {
        expect(parseAddress(text)).toEqual({ low: hex(low), high: hex(high) });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('text that is no address', () => {
  test('has nothing inside a longer dotted sequence', () => {
    const longer = fc
      .array(fc.nat({ max: 300 }), { minLength: 5, maxLength: 12 })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(open, longer, close, (left, text, right) =>
        expect(addressesIn(left + text + right)).toEqual([]),
      ),
    );
  });

  test('never throws, and what is found is where it says, in order', () => {
    const junk = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '.',
            ':',
            '::',
            '/',
            '-',
            ' ',
            '10',
            '255',
            'fe80',
            '0',
            '%',
            '[',
            ']',
            '\\',
            '.arpa',
            'in-addr',
          ),
          fc.constantFrom(
            '.in-addr.arpa',
            '.ip6.arpa',
            '10.1.2.3',
            '::1',
            ' 255.255.0.0',
            'range ',
            'netmask ',
            '/24',
            'a',
            '\n',
          ),
          fc.string({ unit: 'binary', maxLength: 3 }),
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(junk, (text) => {
        let last = 0;
        for (const { start, end, low, high, text: written } of addressesIn(text)) {
          expect(text.slice(start, end)).toBe(written);
          expect(low <= high && /^[0-9a-f]{32}$/.test(low) && /^[0-9a-f]{32}$/.test(high)).toBe(true);
          expect(start >= last - 1).toBe(true);
          last = start;
        }
        parseAddress(text);
      }),
      { numRuns: 5000 },
    );
  });

  /** Seconds of a megabyte would be minutes here if any part were quadratic; the test's own limit is the judge. */
  test.each([
    '1.',
    '1.1.1.1 ',

    '10.0.0.1-10.0.0.2,',
    ':',
    '::',
    'a:',
    'a::',
    '1:2:',
    '::1 ',

    '::1%a.',
    'a-',
    '.',
    '\\.',
    '[.]',
    '1\\.',
    '1[.',
    'f',
    '1',
    '%',
    '-',

    '10.0.0.0 255.0.0.0 ',
    '.arpa',
    '1.in-addr.arpa',
    'a.ip6.arpa.',
    'a.',
    'range ',

    '1.1.1.1"netmask"',
  ])('takes linear time on a megabyte of %j', (piece) => {
    const mega = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const all = addressesIn(mega);
    expect(all.every((each) => mega.startsWith(each.text, each.start))).toBe(true);
  });
});
