// A comparison → one JSON document, written as differences are found.
import type { ChangeCounts } from '../../schemas/comparison.ts';
import { counted, type ComparisonUnderWay } from './compare.ts';

/** The document a piece at a time; `toJson` writes a value of it, `counts` counts what is in it. */
export async function* comparisonJson(
  { changes, ...about }: ComparisonUnderWay,
  counts: ChangeCounts,
  toJson: (value: unknown) => string,
): AsyncGenerator<string> {
  const head = toJson({ schema: 'unfold.comparison/1', ...about });
  yield `${head.slice(0, -1)},"changes":[`;
  let separator = '';
  for await (const change of counted(changes, counts)) {
    yield separator + toJson(change);
    separator = ',';
  }
  yield `],"counts":${toJson(counts)},"same":${separator === ''}}\n`;
}
