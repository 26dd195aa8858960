// The text of a piece of evidence with what matched marked, without the indentation of its line.
import type { Evidence } from '../../schemas/answer.ts';

/** The text. */
export function Marked({ evidence: { snippet, marks } }: { evidence: Evidence }) {
  let at = snippet.length - snippet.trimStart().length;
  const pieces = marks.flatMap(([start, end]) => {
    const from = Math.max(at, start);
    const piece = [snippet.slice(at, from), <mark key={start}>{snippet.slice(from, end)}</mark>];
    at = Math.max(at, end);
    return piece;
  });
  return (
    <>
      {pieces}
      {snippet.slice(at)}
    </>
  );
}
