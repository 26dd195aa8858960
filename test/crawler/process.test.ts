// Processes are bounded, and never outlive who started them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { endGroup, hasTool, run, start } from '../../crawler/process.ts';
import { requirement } from '../requirements.ts';
import { childrenOf, until } from './processes.ts';

const TIMEOUT = { timeoutMs: 20_000 };

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}

describe('run', () => {
  test('hands over output and exit code', async () => {
    const { stdout, stderr, exitCode } = await run(
      'sh',
      ['-c', 'cat; printf "\\377"; echo oops >&2; exit 3'],
      {
        ...TIMEOUT,
        input: 'in\n',
      },
    );
    expect([stdout.toString('latin1'), stderr, exitCode]).toEqual(['in\n\xff', 'oops\n', 3]);
  });

  test('ends the whole process group in time', async () => {
    const script = 'sleep 100 & echo $!; wait';
    const child = start('sh', ['-c', script], {});
    const [pid] = (await once(child.stdout, 'data')).map(Number);
    expect(isAlive(pid!)).toBe(true);
    endGroup(child);
    await child;
    await until(() => !isAlive(pid!), 'the grandchild is gone');
    await expect(run('sh', ['-c', script], { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'UNFOLD_CRAWL_TIMEOUT',
    });
    expect(childrenOf(process.pid)).toEqual([]);
  });

  test('ends with the reason of an abort', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const running = run('sleep', ['100'], { ...TIMEOUT, signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(run('sleep', ['100'], { ...TIMEOUT, signal: controller.signal })).rejects.toBe(reason);
    expect(childrenOf(process.pid)).toEqual([]);
  });

  test('bounds what it reads', async () => {
    await expect(run('yes', [], { ...TIMEOUT, maxBytes: 10_000 })).rejects.toMatchObject({
      code: 'UNFOLD_TOO_LARGE',
    });
  });

  test('names a tool that is missing', async () => {
    await expect(run('no-such-tool-here', [], TIMEOUT)).rejects.toMatchObject({
      code: 'UNFOLD_TOOL_MISSING',
      message: 'no-such-tool-here is not installed',
    });
  });
});

const withSetpriv = requirement(
  'setpriv',
  hasTool('setpriv'),
  'it has the kernel end children with their parent',
);
withSetpriv('a child does not outlive a parent that is killed', async () => {
  const module = join(import.meta.dirname, '../../crawler/process.ts');
  const script = `const { start } = await import(${JSON.stringify(module)}); start('sleep', ['100'], {}); setInterval(() => 0, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await until(() => childrenOf(parent.pid!).length > 0, 'the child runs');
  const [child] = childrenOf(parent.pid!);
  parent.kill('SIGKILL');
  await until(() => !isAlive(child!), 'the child is gone');
});
