// Runs the real server over a real index.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { FrameSketch } from '../../conformance/search-engine/frames.ts';
import { freshFleet, Place, UNFOLD } from '../../cli/process.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a JSON body. */
  readonly json: Record<string, unknown>;
}

/** Looks until it is so; what was seen last where it never is. */
export async function eventually<T>(look: () => T, isSo: (seen: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const seen = look();
    if (isSo(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return look();
}

/** `unfold serve` in a folder of its own. */
export class Served {
  readonly place = new Place();
  base = '';
  figures = '';
  log = '';
  #child: ChildProcess | null = null;

  /** Indexes the frames and starts the server. */
  async start(
    args: readonly string[] = [],
    {
      frames = freshFleet(),
      env = {},
    }: { frames?: readonly FrameSketch[]; env?: Record<string, string> } = {},
  ): Promise<this> {
    if (frames.length > 0) await this.place.index(frames);
    const child = spawn(
      UNFOLD,
      ['serve', ...(args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']), ...args],
      {
        cwd: this.place.folder,
        env: this.place.environment(env),
        stdio: ['ignore', 'inherit', 'pipe'],
      },
    );
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
        const [, base] = /served at (\S+)/.exec(this.log) ?? [];
        if (base === undefined) return;
        this.base = base;
        this.figures = /Figures are at (\S+)\/metrics/.exec(this.log)?.[1] ?? '';
        resolve();
      });
      child.once('close', () => reject(new Error(this.log)));
    });
    return this;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(`${this.base}${path}`, init);
    const text = await response.text();
    const isJson = /[/+]json(;|$)/.test(response.headers.get('content-type') ?? '');
    const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, text, json };
  }

  search(query: string, more = ''): Promise<Reply> {
    return this.fetch(`/v1/search?q=${encodeURIComponent(query)}${more}`);
  }

  /** Lines of the audit log. */
  audit(): Record<string, unknown>[] {
    const file = `${this.place.data}/audit.ndjson`;
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Ends the server; its exit status. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.place.remove();
  }
}
