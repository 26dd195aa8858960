// Secrets in the arguments of processes.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactArguments } from '../../../crawler/redaction/arguments.ts';
import { redact } from '../../../crawler/redaction/redact.ts';
import { MASK } from '../../../crawler/redaction/rule.ts';

const SECRET = 'hunter2-Tr0ub4dor';

describe('arguments', () => {
  test.each<readonly [string[], string[]]>([
    [
      ['mysqld', '--password', SECRET, '--port', '3306'],
      ['mysqld', '--password', MASK, '--port', '3306'],
    ],
    [
      ['app', `--db-password=${SECRET}`, 'run'],
      ['app', `--db-password=${MASK}`, 'run'],
    ],
    [
      ['mysql', '-u', 'root', `-p${SECRET}`, 'shop'],
      ['mysql', '-u', 'root', `-p${MASK}`, 'shop'],
    ],
    [
      ['java', `-Ddb.password=${SECRET}`, '-jar', 'a.jar'],
      ['java', `-Ddb.password=${MASK}`, '-jar', 'a.jar'],
    ],
    [
      ['env', `PGPASSWORD=${SECRET}`, 'psql'],
      ['env', `PGPASSWORD=${MASK}`, 'psql'],
    ],
    [
      ['psql', `postgresql://bill:${SECRET}@10.20.30.40:5432/x`],
      ['psql', `postgresql://bill:${MASK}@10.20.30.40:5432/x`],
    ],
    [
      ['sh', '-c', `mysql -u root -p${SECRET} shop; true`],
      ['sh', '-c', `mysql -u root -p${MASK} shop; true`],
    ],
    [
      ['app', '--password', `${SECRET} with blanks`, '--verbose'],
      ['app', '--password', MASK, '--verbose'],
    ],
    [
      ['app', `--password=${SECRET} with blanks`, '--verbose'],
      ['app', `--password=${MASK}`, '--verbose'],
    ],
    [
      ['curl', '-H', `Authorization: Bearer ${SECRET}${SECRET}`, 'https://x'],
      ['curl', '-H', `Authorization: Bearer ${MASK}`, 'https://x'],
    ],
    [
      ['nginx', '-g', 'daemon off;'],
      ['nginx', '-g', 'daemon off;'],
    ],
    [[], []],
    [
      ['', '', ''],
      ['', '', ''],
    ],
  ])('%j', (args, expected) => expect(redactArguments(args).args).toEqual(expected));

  test('count what was masked, by rule', () => {
    expect(
      Object.values(redactArguments(['a', '--password', SECRET, '--token', `${SECRET}x`]).masked).reduce(
        (a, b) => a + b,
      ),
    ).toBe(2);
  });

  test('keep their number, and show nothing that the line would not show', () => {
    const word = fc.oneof(
      fc.constantFrom('--password', 'mysql', '-p', 'TOKEN=', '--secret=a b', SECRET),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (args) => {
        const { args: redacted } = redactArguments(args);
        expect(redacted).toHaveLength(args.length);
        const line = args.join(' ');
        if (redact('command.sh', line).text === line) expect(redacted).toEqual(args);
        else expect(redacted).not.toEqual(args);
      }),
    );
  });
});
