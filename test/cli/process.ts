// Runs the real command in a folder of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { file, frameLines, ndjson, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { FLEET } from '../query/setting.ts';

export const UNFOLD = join(import.meta.dirname, '../../cli/unfold');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for a test: `unfold` runs in it, with its own data folder and no other configuration. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'unfold-cli-'));
  readonly data = join(this.folder, 'data');

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    return { PATH, HOME: this.path('home'), UNFOLD_DATA: this.data, ...more };
  }

  /** Runs `unfold`. */
  unfold(
    args: readonly string[],
    options: { input?: string; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    return this.run(UNFOLD, args, options);
  }

  run(
    command: string,
    args: readonly string[],
    { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    const child = spawn(command, args, { cwd: this.folder, env: this.environment(env) });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined).end(input);
    return new Promise((resolve, reject) => {
      child.on('error', reject).on('close', (status) => resolve({ status, stdout, stderr }));
    });
  }

  /** Indexes frames through the command. */
  async index(frames: readonly FrameSketch[]): Promise<void> {
    const { status, stderr } = await this.unfold(['index', '-'], { input: frames.map(frameText).join('') });
    if (status !== 0) throw new Error(stderr);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The small fleet of the query tests as of now, so that nothing is stale. */
export function freshFleet(): FrameSketch[] {
  return FLEET.map((sketch) => ({ ...sketch, at: new Date(Date.now() - 60_000).toISOString() }));
}

export function frameText(sketch: FrameSketch): string {
  return ndjson(frameLines(sketch));
}

/** A frame of one complete system. */
export function completeFrame(name: string, text: string): FrameSketch {
  return { system: name, at: new Date(Date.now() - 1000).toISOString(), entries: [file('/etc/motd', text)] };
}
