// The page: what it shows of an answer, and its habits.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { file, installed, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { freshFleet } from '../../cli/process.ts';
import { accessibilityFlaws, browserTest as test, hasBrowser, picture, Visit } from './browser.ts';

const HOSTILE = '<img src=x onerror="document.title=1"> <script>alert(1)</script> hostile';

/** The small fleet, a system that attacks its readers, and enough alike for a second page. */
function frames(): FrameSketch[] {
  const at = new Date(Date.now() - 60_000).toISOString();
  const alike = Array.from({ length: 25 }, (_, number) => ({
    system: `alike${number}`,
    at,
    entries: [os('debian'), installed(`tool${number}`), file('/etc/alike.conf', 'alike = true\n')],
  }));
  return [...freshFleet(), { system: '<b>evil</b>', at, entries: [file('/etc/motd', HOSTILE)] }, ...alike];
}

const visit = new Visit();
beforeAll(async () => {
  if (hasBrowser) await visit.start(frames());
}, 120_000);
afterAll(() => visit.end());

const card = (page: Page, name: string) => page.getByRole('article', { name, exact: true });
const box = (page: Page) => page.getByRole('combobox', { name: 'Search' });
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

/** Waits for the heading of an answer. */
async function expectSystems(page: Page, text: string): Promise<void> {
  await heading(page)
    .filter({ hasText: new RegExp(`^${text}$`) })
    .waitFor();
}

describe('an answer', () => {
  test('comes while somebody types, and is in the address', async () => {
    const { page, errors } = await visit.open('/');
    await box(page).pressSequentially('10.20.30.40');
    await expectSystems(page, '1 system');
    expect(page.url()).toBe(`${visit.server.base}/?q=10.20.30.40`);
    expect(await page.title()).toBe('10.20.30.40 · Unfold');
    expect(errors).toEqual([]);
  });

  test('shows each line with what matched, and all of them on demand', async () => {
    const { page } = await visit.open('/?q=10.20.30.40');
    const web1 = card(page, 'web1');
    await web1.waitFor();
    expect(await web1.locator('mark').first().textContent()).toBe('10.20.30.40');
    expect(await web1.locator('.evidence li').count()).toBe(3);
    const more = web1.getByRole('button', { name: /more/ });
    const left = Number((await more.textContent())?.split(' ')[0]);
    await more.click();
    await web1.locator('.evidence li').nth(3).waitFor();
    expect(await web1.locator('.evidence li').count()).toBeGreaterThanOrEqual(3 + Math.min(left, 3));
    expect(await web1.getByText('containing 10.20.0.0/16').count()).toBe(1);
  });

  test('says for whom it cannot speak, and why', async () => {
    const { page } = await visit.open('/?q=max_connections');
    await page.getByText('Coverage incomplete: 29 of 29 systems answered, 1 partial').click();
    expect(await page.locator('.coverage .reason').textContent()).toContain('/root');
    await card(page, 'cut1').getByText('partial', { exact: true }).waitFor();
  });

  test('says what of the query was taken otherwise', async () => {
    const { page } = await visit.open('/?q=pakage%3Anginx');
    const notice = page.getByRole('list', { name: 'Notices' });
    expect(await notice.textContent()).toContain('did you mean package:');
    expect(await notice.locator('code').first().textContent()).toBe('pakage:nginx');
  });

  test('of nothing says whether to rely on it, and what would find something', async () => {
    const { page } = await visit.open('/?q=nginx+no-such-thing');
    await page.getByText('Not every system could answer').waitFor();
    await page.getByRole('link', { name: '1 system' }).click();
    await expectSystems(page, '1 system');
    expect(await box(page).inputValue()).toBe('nginx');
  });

  test('goes on with a button', async () => {
    const { page } = await visit.open('/?q=alike');
    await expectSystems(page, '25 systems');
    expect(await page.getByRole('article').count()).toBe(20);
    await page.getByRole('button', { name: /Show more systems \(5 left\)/ }).click();
    await page.getByRole('article').nth(24).waitFor();
  });

  test('shows what systems say as text, whatever they say', async () => {
    const { page, errors } = await visit.open('/?q=hostile');
    await card(page, '<b>evil</b>').getByText(HOSTILE).waitFor();
    expect(await page.title()).toBe('hostile · Unfold');
    expect(errors).toEqual([]);
  });

  test('is never older than its question', async () => {
    const { page } = await visit.open('/');
    // The answer to the first question arrives after that to the second, where nothing cancels it.
    await page.route(/q=nginx/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue().catch(() => undefined);
    });
    const first = page.waitForRequest(/q=nginx/);
    await box(page).fill('nginx');
    await first;
    const cancelled = page.waitForEvent('requestfailed', (request) => request.url().includes('q=nginx'));
    await box(page).fill('alike');
    await expectSystems(page, '25 systems');
    await cancelled;
    expect(await card(page, 'web1').count()).toBe(0);
  });

  test('that cannot be given says why', async () => {
    const { page } = await visit.open('/');
    await page.route(/v1\/search/, (route) => route.abort());
    await box(page).fill('x');
    expect(await page.getByRole('alert').textContent()).toContain('The server does not answer');
  });
});

describe('facets', () => {
  test('narrow the query, take it back, and exclude', async () => {
    const { page } = await visit.open('/?q=');
    await expectSystems(page, '29 systems');
    await page.getByRole('button', { name: /^alpine/ }).click();
    await expectSystems(page, '1 system');
    expect(await box(page).inputValue()).toBe('os:alpine');
    await page.getByRole('button', { name: /^alpine/, pressed: true }).click();
    await expectSystems(page, '29 systems');
    await page.getByRole('button', { name: 'Without alpine' }).click({ force: true });
    await expectSystems(page, '28 systems');
    await page.goBack();
    await expectSystems(page, '29 systems');
  });

  test('are searched where they have many values', async () => {
    const { page } = await visit.open('/?q=');
    await page.locator('.facet', { hasText: 'Package' }).getByRole('button', { name: /more$/ }).click();
    await page.getByRole('searchbox', { name: 'Find in package' }).fill('postgres');
    const values = page.locator('.facet', { hasText: 'Package' }).locator('.value');
    expect(await values.allTextContents()).toEqual(['postgresql1']);
  });
});

describe('keys', () => {
  test('go to the box, through the systems, and into one', async () => {
    const { page } = await visit.open('/?q=10.20.30.40+OR+alike');
    await expectSystems(page, '26 systems');
    await page.locator('body').click({ position: { x: 5, y: 700 } });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const current = page.locator('article[aria-current=true]');
    expect(await current.getAttribute('aria-label')).toBe('web1');
    await page.keyboard.press('Enter');
    await current.locator('.evidence li').nth(3).waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.id')).toBe('query');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.id')).toBe('');
  });

  test('open and close the help, which knows every field', async () => {
    const { page } = await visit.open('/?q=alike');
    await expectSystems(page, '25 systems');
    await page.locator('body').click({ position: { x: 5, y: 700 } });
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'How to ask' });
    await help.getByText('package:nginx', { exact: true }).first().waitFor();
    await picture(page, 'help');
    expect(await accessibilityFlaws(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
  });

  test('complete fields, and values of the answer', async () => {
    const { page } = await visit.open('/?q=');
    await expectSystems(page, '29 systems');
    await box(page).pressSequentially('pack');
    await page.getByRole('option', { name: /package:/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    expect(await box(page).inputValue()).toBe('package:');
    await box(page).fill('os:');
    await expectSystems(page, '0 systems');
  });

  test('complete a value', async () => {
    const { page } = await visit.open('/?q=');
    await expectSystems(page, '29 systems');
    await page.route(/q=os/, () => new Promise(() => undefined));
    await box(page).pressSequentially('os:al');
    await page.getByRole('option', { name: /os:alpine/ }).click();
    expect(await box(page).inputValue()).toBe('os:alpine ');
  });
});

test('an answer is copied for others', async () => {
  const { page } = await visit.open(`/?q=nginx+at%3Anow-1m`, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await heading(page).waitFor();
  await page.getByRole('button', { name: 'Link' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const link = await page.evaluate('navigator.clipboard.readText()');
  expect(link).toMatch(/\/\?q=nginx\+at%3A\d{4}-\d\d-\d\dT/);
  await page.getByRole('button', { name: 'curl' }).click();
  await page.getByText('Copied').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^curl -s 'http:\/\/127.*nginx/);
});

describe('looks', () => {
  const paths = { first: '/', answer: '/?q=10.20.30.40+OR+max_connections', nothing: '/?q=nginx+none-such' };
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 900, 390]) {
      test(`are accessible and fit: ${colorScheme}, ${width} pixels`, async () => {
        for (const [name, path] of Object.entries(paths)) {
          const { page, errors } = await visit.open(path, { colorScheme, viewport: { width, height: 900 } });
          await page.waitForLoadState('networkidle');
          await picture(page, `${name}-${width}-${colorScheme}`);
          expect([name, await accessibilityFlaws(page)]).toEqual([name, []]);
          const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect([name, Number(wider) <= 0, errors]).toEqual([name, true, []]);
          await page.context().close();
        }
      });
    }
  }

  test('stay in place while answers come', async () => {
    const { page } = await visit.open('/?q=alike');
    await expectSystems(page, '25 systems');
    const shift = await page.evaluate(`new Promise((resolve) => {
      let sum = 0;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) sum += entry.value;
      });
      observer.observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(sum), 300);
    })`);
    expect(shift).toBeLessThan(0.02);
  });
});

test('the first load takes at most 40 KB of script', () => {
  const folder = join(visit.built, 'assets');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
  expect(scripts).not.toEqual([]);
  expect(bytes).toBeLessThanOrEqual(40 * 1024);
});

// The last one: from here on the server asks for tokens.
test('a server with tokens is given one, which stays in the tab', async () => {
  const { stdout } = await visit.server.place.unfold(['token', 'create', 'reader']);
  const { page } = await visit.open('/?q=10.20.30.40');
  await page.getByRole('alert').getByText('This server asks for a token').waitFor();
  expect(await accessibilityFlaws(page)).toEqual([]);
  await page.getByLabel('Token').fill(stdout.trim());
  await page.getByRole('button', { name: 'Use this token' }).click();
  await expectSystems(page, '1 system');
  expect(page.url()).not.toContain('unfold_');
  await page.reload();
  await expectSystems(page, '1 system');
});
