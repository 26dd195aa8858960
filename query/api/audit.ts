// Who asked what: a line of JSON per question, in a file that only its owner reads.
import { appendFile } from 'node:fs/promises';

/** A question, and what came of it. */
export interface AuditEntry {
  readonly time: string;
  readonly request: string;
  /** Name of the token, or `loopback`. */
  readonly who: string;
  readonly address: string;
  readonly route: string;
  readonly what: string;
  /** The instant asked for; null means that of the question. */
  readonly at: string | null;
  readonly status: number;
  readonly systems: number | null;
}

/** Keeps entries. */
export type Audit = (entry: AuditEntry) => void;

/** An audit log that goes on in a file, opened anew each time so that it may be rotated. */
export function auditFile(file: string, failed: (error: unknown) => void): Audit {
  let waiting = '';
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (waiting !== '') {
      const lines = waiting;
      waiting = '';
      await appendFile(file, lines, { mode: 0o600 }).catch(failed);
    }
    writing = null;
  };
  return (entry) => {
    waiting += `${JSON.stringify(entry)}\n`;
    writing ??= write();
  };
}
