// What every format of a bill of materials is written from, and how.
import type { AskableIndex } from '../restricted.ts';
import type { Subject } from './subject.ts';

/** What every format writes from. */
export interface Materials {
  readonly engine: AskableIndex;
  readonly subject: Subject;
  readonly files: boolean;
  readonly toJson: (value: unknown) => string;
  readonly signal: AbortSignal;
}

/** `"NAME":[…]` with a line per element. */
export async function* jsonArray(
  name: string,
  elements: AsyncIterable<object>,
  toJson: Materials['toJson'],
): AsyncGenerator<string> {
  let separator = '';
  yield `${toJson(name)}:[`;
  for await (const element of elements) {
    yield `${separator}\n${toJson(element)}`;
    separator = ',';
  }
  yield '\n]';
}
