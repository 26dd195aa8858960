// Says in tests what a text should be found to write, independently of the code under test.
import { expect } from '@jest/globals';
import { addressesIn } from '../../../indexer/terms/addresses.ts';

/** `10.1.2.3` or `::1`-like groups → 32 hex digits; independent of the code under test. */
export function hex(address: string): string {
  if (address.includes('.')) {
    const octets = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
    return `00000000000000000000ffff${octets.join('')}`;
  }
  return address
    .split(':')
    .map((group) => group.padStart(4, '0'))
    .join('');
}

/** What is found, as `TEXT` for the address that TEXT is, else `TEXT LOW HIGH`. */
export function found(text: string): string[] {
  for (const { start, end, text: written } of addressesIn(text)) expect(text.slice(start, end)).toBe(written);
  return addressesIn(text).map((each) => `${each.text} ${each.low} ${each.high}`);
}

export function expected(written: string, low: string, high = low): string {
  return `${written} ${hex(low)} ${hex(high)}`;
}

/** The first six groups of the documentation network. */
export const DB8 = '2001:db8:0:0:0:0:0';
