// What the definitions of commands share.

/** Receives the exit status of the command that ran. */
export type Finish = (status: number) => void;

/** The examples at the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
