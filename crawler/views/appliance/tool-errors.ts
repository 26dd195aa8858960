// What find and tar complain about, as problems of the paths that they name.
import type { Problem } from '../../../schemas/problem.ts';
import { nameText } from '../tree/names.ts';
import type { Report } from '../view.ts';

/** Complaints of one command that become problems; the rest is counted in one more. */
const MOST_PROBLEMS = 1000;

/** `path` in bytes (latin1), absolute within the system. */
interface Complaint {
  readonly path: string;
  readonly reason: string;
}

const FIND = /^find: '(.*)': (.*)$/;
const TAR = /^tar: (.*?): ((?:Cannot|Read error|File shrank|Warning: Cannot|file changed).*)$/;
/** Follows on a complaint that stands above it. */
const CONCLUSION = /^tar: Exiting with failure status/;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Reports each complaint of find and tar, which run in the root of the system, once. */
export class Complaints {
  readonly #report: Report;
  readonly #known = new Set<string>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** Reports what a command wrote to stderr; the paths it named. */
  tell(text: string): Set<string> {
    const paths = new Set<string>();
    let more = 0;
    for (const line of text.split('\n')) {
      if (line === '' || CONCLUSION.test(line)) continue;
      const complaint = parse(line);
      if (complaint !== null) paths.add(complaint.path);
      if (this.#known.has(line)) continue;
      if (this.#known.size < MOST_PROBLEMS) this.#known.add(line);
      else more += 1;
      if (this.#known.has(line)) this.#report.problem(problemOf(complaint ?? { path: null, reason: line }));
    }
    if (more > 0) this.#report.problem(problemOf({ path: null, reason: `${more} more errors` }));
    return paths;
  }
}

function problemOf({ path, reason }: { path: string | null; reason: string }): Problem {
  return {
    code: 'UNFOLD_DISK_UNREADABLE',
    extractor: 'appliance',
    ...(path !== null && { path: nameText(path) }),
    message: `the file system could not be read completely: ${reason.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200)}`,
  };
}

function parse(line: string): Complaint | null {
  const [, path, reason] = FIND.exec(line) ?? TAR.exec(line) ?? [];
  if (path === undefined || reason === undefined) return null;
  const bytes = unescaped(path).replace(/^\.(?=\/|$)/, '');
  return { path: bytes === '' ? '/' : bytes, reason };
}

/** Both quote as C does. */
function unescaped(text: string): string {
  return text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
