// Query terms that ask for addresses, and how what is written relates to what is asked.
import { describe, expect, test } from '@jest/globals';
import { parseAddress, relationOf } from '../../../indexer/terms/addresses.ts';
import { DB8, hex } from './written.ts';

describe('a query term', () => {
  test.each<[string, string, string]>([
    ['10.20.30.40', '10.20.30.40', '10.20.30.40'],
    [' 10.20.30.40 ', '10.20.30.40', '10.20.30.40'],
    ['10.20.30.40:5432', '10.20.30.40', '10.20.30.40'],
    ['10.20.30.40#53', '10.20.30.40', '10.20.30.40'],
    ['[2001:db8::7]:443', `${DB8}:7`, `${DB8}:7`],
    ['[2001:db8::7]', `${DB8}:7`, `${DB8}:7`],
    ['fe80::7%eth0', 'fe80:0:0:0:0:0:0:7', 'fe80:0:0:0:0:0:0:7'],
    ['10.0.0.5/24', '10.0.0.0', '10.0.0.255'],
    ['10.1.0.0 255.255.0.0', '10.1.0.0', '10.1.255.255'],
    ['10.1.0.0/255.255.0.0', '10.1.0.0', '10.1.255.255'],
    ['10.1.2.1-9', '10.1.2.1', '10.1.2.9'],
    ['10.1.2.1-10.1.2.9', '10.1.2.1', '10.1.2.9'],
    ['::ffff:10.20.30.40', '10.20.30.40', '10.20.30.40'],
    ['40.30.20.10.in-addr.arpa', '10.20.30.40', '10.20.30.40'],
    ['[2001:db8::]/32', `${DB8}:0`, '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::', '0:0:0:0:0:0:0:0', '0:0:0:0:0:0:0:0'],
  ])('%j asks for an address', (term, low, high) => {
    expect(parseAddress(term)).toEqual({ low: hex(low), high: hex(high) });
  });

  test.each([
    '',
    'face',
    'cafe',
    'dead:beef',
    'add::',
    'a::b',
    '10:20:30',
    'aa:bb:cc:dd:ee:ff',
    '10.20.30',
    '10.20.30.40.50',
    '10.20.30.40-1',
    'http://10.20.30.40/',
    '10.20.30.40 10.20.30.41',
    '10.20.30.40:http',
    'v1.2.3.4',
    'nginx',
    '1'.repeat(300),
  ])('%j asks for text', (term) => expect(parseAddress(term)).toBeNull());
});

describe('relations', () => {
  const net = { low: hex('10.1.0.0'), high: hex('10.1.255.255') };
  const one = { low: hex('10.1.2.3'), high: hex('10.1.2.3') };
  const across = { low: hex('10.1.255.0'), high: hex('10.2.0.9') };
  const below = { low: hex('10.0.0.0'), high: hex('10.1.0.0') };
  const other = { low: hex('10.2.0.0'), high: hex('10.2.0.0') };

  test('name what the written is to the asked', () => {
    expect(relationOf(net, net)).toBe('exact');
    expect(relationOf(net, one)).toBe('contained');
    expect(relationOf(one, net)).toBe('containing');
    expect(relationOf(net, across)).toBe('overlapping');
    expect(relationOf(net, below)).toBe('overlapping');
    expect(relationOf(net, other)).toBeNull();
    expect(relationOf(one, other)).toBeNull();
  });
});
