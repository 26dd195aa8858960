// Facets as they are asked for.
import { expect, test } from '@jest/globals';
import { UnfoldError } from '../../schemas/error.ts';
import { narrowings, wantedFacet } from '../../query/facets.ts';

test.each([
  ['package', { field: 'package', size: 5 }],
  ['package~Ngi', { field: 'package', size: 5, containing: 'Ngi' }],
  ['package~', { field: 'package', size: 5, containing: '' }],
  ['label~tier=w', { field: 'label', size: 5, containing: 'tier=w' }],
  ['directory/', { field: 'directory', size: 5, under: '/' }],
  ['directory/etc/nginx/', { field: 'directory', size: 5, under: '/etc/nginx' }],
  ['port:1024', { field: 'port', size: 5, interval: 1024 }],
])('%s', (asked, wanted) => {
  expect(wantedFacet(asked, 5)).toEqual(wanted);
});

test.each([
  '',
  'colour',
  'Package',
  'package/etc',
  'port:0',
  'port:x',
  'port:1.5',
  'kind:3',
  '~x',
  'package ~x',
])('no facet: %j', (asked) => {
  expect(() => wantedFacet(asked, 5)).toThrow(UnfoldError);
});

test('conditions of one field are put together', () => {
  const asked = ['package:nginx', '-kind:vm', 'package:apache2', '-package:telnetd', 'directory:/etc/'];
  expect(narrowings(asked)).toEqual([
    { field: 'package', any: ['nginx', 'apache2'], none: ['telnetd'] },
    { field: 'kind', any: [], none: ['vm'] },
    { field: 'directory', any: ['/etc'], none: [] },
  ]);
  expect(narrowings(['label:a=b:c'])).toEqual([{ field: 'label', any: ['a=b:c'], none: [] }]);
  expect(narrowings([])).toEqual([]);
});

test.each(['', 'package', 'package:', 'colour:red', '--kind:vm', 'kind vm'])('no condition: %j', (asked) => {
  expect(() => narrowings([asked])).toThrow(UnfoldError);
});
