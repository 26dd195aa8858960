// Parses os-release(5): shell-compatible assignments.

const ASSIGNMENT = /^\s*(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>.*)$/;
/** A piece of a shell word: in single quotes, in double quotes, escaped, plain, or after a quote left open. */
const PIECE =
  /'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)|(?<plain>[^\s'"\\]+)|['"](?<open>.*)/suy;

/** The assignments of an os-release text, the last of a name winning; lines of another form are passed over. */
export function parseOsRelease(text: string): Map<string, string> {
  const assignments = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const { name, value } = ASSIGNMENT.exec(line)?.groups ?? {};
    if (name !== undefined && value !== undefined) assignments.set(name, firstWord(value));
  }
  return assignments;
}

/** The first word as a shell would read it, its quotes removed. */
function firstWord(value: string): string {
  let word = '';
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(value); match?.groups; match = PIECE.exec(value)) {
    const { single, double, escaped, plain, open } = match.groups;
    word += single ?? double?.replace(/\\([$`"\\])/g, '$1') ?? escaped ?? plain ?? open ?? '';
  }
  return word;
}
