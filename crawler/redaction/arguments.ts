// Takes secrets out of the arguments of a process, which are told one by one and as a line.
import { MASK } from './rule.ts';
import { secretsIn } from './redact.ts';

/** Arguments without their secrets, and how many values each rule took out. */
export interface RedactedArguments {
  readonly args: readonly string[];
  readonly masked: Record<string, number>;
}

/** Read as a line of a script: options of known programs, assignments, URLs are found as they are there. */
const READ_AS = 'command.sh';
/** What may stand before a value in the same argument: `--password=`, `PASSWORD=`, `-p`. */
const BEFORE_VALUE = /^(?:-{0,2}[\w.-]+[=:]|-\w)?$/;

/** Masks secret values. A value that begins an argument, or follows its option there, goes to the argument's end. */
export function redactArguments(args: readonly string[]): RedactedArguments {
  const masked: Record<string, number> = {};
  const secrets = secretsIn(READ_AS, args.join(' '));
  if (secrets.length === 0) return { args, masked };
  for (const { rule } of secrets) masked[rule] = (masked[rule] ?? 0) + 1;
  let begin = 0;
  const redacted = args.map((arg) => {
    const from = begin;
    begin += arg.length + 1;
    let text = '';
    let done = 0;
    for (const { start, end } of secrets) {
      if (end <= from + done || start >= from + arg.length) continue;
      const at = Math.max(start - from, done);
      const whole = start >= from && BEFORE_VALUE.test(arg.slice(0, at));
      text += arg.slice(done, at) + MASK;
      done = whole ? arg.length : Math.min(end - from, arg.length);
    }
    return text + arg.slice(done);
  });
  return { args: redacted, masked };
}
