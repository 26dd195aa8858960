// The page: what it shows of an answer, and its habits.
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  accessibilityFlaws,
  browserTest as test,
  expectSystems,
  hasBrowser,
  heading,
  picture,
  Visit,
} from './browser.ts';
import { HOSTILE, shownFleet } from './shown-fleet.ts';

const visit = new Visit();
beforeAll(async () => {
  if (hasBrowser) await visit.start(shownFleet());
}, 120_000);
afterAll(() => visit.end());

const card = (page: Page, name: string) => page.getByRole('article', { name, exact: true });
const box = (page: Page) => page.getByRole('combobox', { name: 'Search' });
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
    await page.getByText('Coverage incomplete: 30 of 30 systems answered, 1 partial').click();
    expect(await page.locator('.coverage .reason').textContent()).toContain('/srv/private');
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
  const facet = (page: Page, title: string) => page.locator('.facet').filter({ hasText: title });
  const conditions = (page: Page) => new URL(page.url()).searchParams.getAll('narrow');

  test('take any of the chosen values and none of the excluded ones, and keep showing the others', async () => {
    const { page } = await visit.open('/?q=');
    await expectSystems(page, '30 systems');
    const os = facet(page, 'Operating system');
    const all = await os.locator('.text').allTextContents();
    await os.getByRole('checkbox', { name: 'alpine' }).check();
    await expectSystems(page, '1 system');
    expect((await os.locator('.text').allTextContents()).sort()).toEqual(all.sort());
    await os.getByRole('checkbox', { name: 'debian' }).check();
    await expectSystems(page, '29 systems');
    expect(conditions(page)).toEqual(['os:alpine', 'os:debian']);
    await os.getByRole('button', { name: 'Without alpine' }).click({ force: true });
    await expectSystems(page, '28 systems');
    expect(conditions(page)).toEqual(['os:debian', '-os:alpine']);
    await page.goBack();
    await expectSystems(page, '29 systems');
    await page.getByRole('list', { name: 'Narrowed by' }).getByRole('link', { name: 'Clear all' }).click();
    await expectSystems(page, '30 systems');
    expect(await box(page).inputValue()).toBe('');
  });

  test('are searched by the server where they have many values', async () => {
    const { page } = await visit.open('/?q=');
    const packages = facet(page, 'Package');
    await packages.getByRole('searchbox', { name: 'Find in package' }).fill('OSTGRES');
    await packages.getByRole('checkbox', { name: /postgresql/ }).waitFor();
    await page.waitForFunction(
      `document.querySelectorAll('.facet input[aria-label="Find in package"] + .values li').length === 1`,
    );
    await packages.getByRole('checkbox', { name: /postgresql/ }).check();
    await expectSystems(page, '1 system');
  });

  test('show directories as a tree', async () => {
    const { page } = await visit.open('/?q=alike');
    await page.getByRole('button', { name: 'What is below /etc' }).click();
    await page.getByRole('checkbox', { name: '/etc' }).check();
    await expectSystems(page, '25 systems');
    expect(conditions(page)).toEqual(['directory:/etc']);
  });

  test('count the days of crawls', async () => {
    const { page } = await visit.open('/?q=alike');
    const day = page.getByRole('list', { name: 'Days' }).getByRole('button').last();
    expect(await day.getAttribute('aria-label')).toMatch(/^\d{4}-\d\d-\d\d: \d+ systems?$/);
    await day.click();
    await page.getByRole('list', { name: 'Narrowed by' }).getByText('last crawled').waitFor();
    expect(conditions(page)[0]).toMatch(/^crawled:\d{4}-\d\d-\d\dT/);
  });
});

test('the instant is picked, stays in the address, and can be now again', async () => {
  const { page } = await visit.open('/?q=alike');
  await expectSystems(page, '25 systems');
  await page.getByText('as of now').click();
  await page.getByRole('button', { name: '1 h ago' }).click();
  await expectSystems(page, '0 systems');
  expect(new URL(page.url()).searchParams.get('at')).toBe('now-1h');
  await page.getByRole('slider', { name: 'Instant' }).press('End');
  await expectSystems(page, '25 systems');
});

describe('keys', () => {
  test('go to the box, through the systems, and into one', async () => {
    const { page } = await visit.open('/?q=10.20.30.40+OR+alike');
    await expectSystems(page, '26 systems');
    await page.locator('body').click({ position: { x: 5, y: 700 } });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const current = page.locator('article:focus');
    expect(await current.getAttribute('aria-label')).toBe('web1');
    await page.keyboard.press('Enter');
    await card(page, 'web1').locator('.evidence li').nth(3).waitFor();
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
    await help.getByText('file:(path:/etc/** 10.1.2.3)').waitFor();
    await picture(page, 'help');
    expect(await accessibilityFlaws(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
  });

  test('complete fields, and values of the answer', async () => {
    const { page } = await visit.open('/?q=');
    await expectSystems(page, '30 systems');
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
    await expectSystems(page, '30 systems');
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
