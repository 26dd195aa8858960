// The page in a real browser, over the real server and a real index.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import type { FrameSketch } from '../../conformance/search-engine/frames.ts';
import { requirement } from '../../requirements.ts';
import { Served } from '../api/serving.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

export const hasBrowser = CHROMIUM !== undefined;
export const browserTest = requirement('Chromium', hasBrowser, 'deploy/setup.sh installs it');

const checkout = join(import.meta.dirname, '../../..');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page with what went wrong on it. */
export interface Watched {
  readonly page: Page;
  readonly errors: string[];
}

/** A built page, a server, and a browser. */
export class Visit {
  readonly server = new Served();
  readonly built = mkdtempSync(join(tmpdir(), 'unfold-page-'));
  #browser: Browser | null = null;

  async start(frames?: readonly FrameSketch[]): Promise<void> {
    await promisify(execFile)(process.execPath, ['query/web/build.ts', this.built], {
      cwd: checkout,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await this.server.start(['--log', 'error', '--page', this.built], frames === undefined ? {} : { frames });
    this.#browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  }

  /** Opens a path; what the console and uncaught errors say is kept. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<Watched> {
    if (this.#browser === null) throw new Error('not started');
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(`${this.server.base}${path}`);
    return { page, errors };
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.server[Symbol.asyncDispose]();
    rmSync(this.built, { recursive: true, force: true });
  }
}

export const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });

/** Waits for the heading of an answer. */
export async function expectSystems(page: Page, text: string): Promise<void> {
  await heading(page)
    .filter({ hasText: new RegExp(`^${text}$`) })
    .waitFor();
}

/** What axe finds wrong, each with where. */
export async function accessibilityFlaws(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`,
  );
}

/** Keeps a picture in .unfold/screenshots of the checkout, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(checkout, '.unfold/screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
