// unfold fields: the reference of the query language at a terminal.
import { afterAll, expect, test } from '@jest/globals';
import { FieldsAnswer } from '../../schemas/api.ts';
import { Place } from './process.ts';

const place = new Place();
afterAll(() => place.remove());

test('lists what can be asked, and says more of fields that are named', async () => {
  const all = await place.unfold(['fields']);
  expect(all).toMatchObject({ status: 0, stderr: '' });
  for (const part of [
    'package:openssl version:<3.0.11',
    'remote-port:',
    'connection:(remote:10.0.0.0/8 port:5432)',
  ])
    expect(all.stdout).toContain(part);
  const one = await place.unfold(['fields', 'Version']);
  expect(one.stdout).toContain('version:<1.22');
  expect(one.stdout).not.toContain('remote-port');
  const { stdout } = await place.unfold(['fields', 'version', '--json']);
  expect(FieldsAnswer.parse(JSON.parse(stdout)).fields.map(({ name }) => name)).toEqual(['version']);
});

test('names the field that was probably meant', async () => {
  const { status, stderr } = await place.unfold(['fields', 'versoin']);
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean version?');
});
