// What a word in the box may become.
import { expect, test } from '@jest/globals';
import { reference } from '../../../query/language/reference.ts';
import { completed, completions } from '../../../query/web/completion.ts';

const { fields } = reference();

test.each([
  ['pack', ['package:']],
  ['x -conn', ['connection:(']],
  ['file:(pat', ['path:']],
  ['fil', ['file:(']],
  ['remote', ['remote-port:', 'remote:']],
])('%s', (query, texts) => {
  const found = completions(query, query.length, fields, []);
  expect(found.map(({ text }) => text).sort()).toEqual(texts);
});

test('goes on behind what it begins', () => {
  const [option] = completions('a fil b', 5, fields, []);
  expect(option && completed('a fil b', option)).toEqual({ query: 'a file:( b', caret: 8 });
});
