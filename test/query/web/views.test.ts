// The views beside the search: a system, lookups, comparisons, coverage.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserTest as test, expectSystems, hasBrowser, heading, Visit } from './browser.ts';
import { HOSTILE, shownFleet } from './shown-fleet.ts';

const APP1 = `/system/${encodeURIComponent('libvirt:kvm1/app1')}`;

const visit = new Visit();
beforeAll(async () => {
  if (hasBrowser) await visit.start(shownFleet());
}, 120_000);
afterAll(() => visit.end());

const rows = (page: Page, table: string) => page.getByRole('region', { name: table }).locator('tbody tr');
const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of the system' }).getByRole('link', { name });

describe('a system', () => {
  test('is reached from an answer, and its addresses lead to lookups', async () => {
    const { page, errors } = await visit.open('/?q=shopd');
    await expectSystems(page, '1 system');
    await page.getByRole('article').getByRole('link', { name: 'app1' }).click();
    await heading(page).filter({ hasText: 'app1' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(APP1);
    await page.getByRole('link', { name: '8080/tcp' }).waitFor();
    await page.getByRole('link', { name: '10.77.1.2/24' }).click();
    await page.getByRole('heading', { name: '1 of 1 found' }).waitFor();
    await page.goBack();
    await heading(page).filter({ hasText: 'app1' }).waitFor();
    expect(errors).toEqual([]);
  });

  test('shows its files by directory, and their text as text', async () => {
    const { page } = await visit.open(`${APP1}?tab=files`);
    await page.getByRole('link', { name: 'etc/' }).click();
    await page.getByRole('link', { name: 'shop/' }).click();
    await page.getByRole('link', { name: '<b>new' }).click();
    await page.getByRole('region', { name: 'Text' }).getByText(HOSTILE).waitFor();
    await page.getByRole('textbox', { name: 'Go to a path' }).fill('etc');
    await page.getByRole('textbox', { name: 'Go to a path' }).press('Enter');
    await page.getByRole('link', { name: 'shop/' }).waitFor();
  });

  test('shows what runs, filtered and sorted in the address', async () => {
    const { page } = await visit.open(`${APP1}?tab=processes`);
    await page.getByText('<b>bold</b>').waitFor();
    expect(await page.getByRole('link', { name: '10.77.1.9' }).getAttribute('href')).toBe(
      '/lookup?asked=10.77.1.9',
    );
    await tab(page, 'Connections').click();
    await rows(page, 'Every connection').nth(1).waitFor();
    await page.getByRole('searchbox', { name: 'Find a connection' }).fill('5432');
    await page.getByText('1 connection', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'State' }).click();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      tab: 'connections',
      find: '5432',
      sort: 'State',
    });
    expect(await rows(page, 'Every connection').count()).toBe(1);
  });

  test('has a history, whose crawls are compared line by line', async () => {
    const { page } = await visit.open(`${APP1}?tab=history&feature=file`);
    await page.locator('.unified').waitFor();
    expect(await page.locator('.unified [data-line="-"]').allTextContents()).toEqual([
      '-database 10.77.1.5:5432\n',
    ]);
    expect(await page.locator('.unified [data-line="+"]').allTextContents()).toEqual([
      '+database 10.77.1.9:5432\n',
    ]);
    await page.getByRole('link', { name: /^package/ }).click();
    await page.getByText('upgraded').waitFor();
    await rows(page, 'Crawls').nth(1).getByRole('link').click();
    await page.getByText(/crawled 0 s before/).waitFor();
    await tab(page, 'Files').click();
    await page.getByRole('textbox', { name: 'Go to a path' }).fill('/etc/shop');
    await page.getByRole('textbox', { name: 'Go to a path' }).press('Enter');
    await page.getByRole('link', { name: 'shop.conf' }).waitFor();
    expect(await page.getByRole('link', { name: '<b>new' }).count()).toBe(0);
  });

  test('that nobody knows is said so', async () => {
    const { page } = await visit.open('/system/nobody');
    await page.getByRole('alert').getByText('UNFOLD_SYSTEM_UNKNOWN').waitFor();
  });
});

describe('a lookup', () => {
  test('of a pasted list is in the address, and says of each item what has it', async () => {
    const { page } = await visit.open('/lookup');
    await page
      .getByRole('textbox', { name: 'Addresses, networks' })
      .fill('10.77.1.0/24\n10.20.30.40; 2001:db8:dead::1 # nothing\n# a comment\n');
    await page.getByRole('checkbox', { name: 'connects-to' }).check();
    await page.getByRole('checkbox', { name: 'references' }).check();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: '2 of 3 found' }).waitFor();
    const wanted = new URL(page.url()).searchParams;
    expect([wanted.get('asked'), wanted.getAll('role')]).toEqual([
      '10.77.1.0/24,10.20.30.40,2001:db8:dead::1',
      ['references', 'connects-to'],
    ]);
    const first = page.getByRole('region', { name: '10.77.1.0/24', exact: true });
    expect(await first.getByRole('cell', { name: 'connects-to' }).count()).toBe(1);
    expect(await first.getByRole('cell', { name: 'owns' }).count()).toBe(0);
    await page.getByText('not every system answered').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('10.77.1.0/24');
  });

  test('is a file: CSV and JSON, with every place', async () => {
    const { page } = await visit.open('/lookup?asked=10.77.1.0/24&at=now-1s');
    const saved = async (name: string): Promise<string> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/^lookup-\d{4}-\d\d-\d\d\.(csv|json)$/);
      return readFileSync(await file.path(), 'utf8');
    };
    const csv = (await saved('CSV')).trim().split('\r\n');
    const { lookups } = JSON.parse(await saved('JSON')) as { lookups: { systems: { evidence: [] }[] }[] };
    expect(csv[0]).toMatch(/^asked,system,kind/);
    const places = lookups.flatMap(({ systems }) => systems.flatMap(({ evidence }) => evidence));
    expect(places.length).toBeGreaterThan(5);
    expect(csv).toHaveLength(1 + places.length);
  });

  test('of a long list stands behind the hash', async () => {
    const { page } = await visit.open('/lookup');
    const list = Array.from({ length: 300 }, (_, number) => `10.77.${number % 250}.${number % 7}`);
    await page.getByRole('textbox', { name: 'Addresses, networks' }).fill([...list, '10.77.1.9'].join('\n'));
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByRole('heading', { name: /of 301 found/ }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.reload();
    await page.getByRole('heading', { name: /of 301 found/ }).waitFor();
  });
});

test('two systems are compared, as are two instants of one', async () => {
  const { page } = await visit.open('/compare');
  await page.getByRole('combobox', { name: 'System' }).fill('app1');
  await page.getByRole('combobox', { name: 'Against' }).fill('web1');
  await page.getByRole('combobox', { name: 'Against' }).press('Enter');
  await page.getByRole('navigation', { name: 'Features that differ' }).waitFor();
  expect(new URL(page.url()).search).toBe('?one=app1&other=web1');
  await page.goto(`${visit.server.base}/compare?one=app1&from=now-10m&feature=file`);
  await page.locator('.unified').waitFor();
});

test('a map of an answer says who talks to whom', async () => {
  const { page } = await visit.open('/?q=shopd');
  await page.getByRole('link', { name: 'Connections' }).click();
  await heading(page).filter({ hasText: 'Who talks to whom' }).waitFor();
  expect(await rows(page, 'Connections').allTextContents()).toEqual(['app110.77.1.95432/tcp1shopd']);
  await page.getByRole('img', { name: /drawing/ }).waitFor();
  await page.getByRole('link', { name: 'Back to the answer' }).click();
  await expectSystems(page, '1 system');
});

test('coverage says of each system how far it answers, as the API counts', async () => {
  const { page } = await visit.open('/coverage');
  const tiles = page.getByRole('list', { name: 'By status' });
  const { json } = await visit.server.fetch('/v1/coverage');
  const { coverage } = json as { coverage: { partial: number; inScope: number } };
  await tiles.getByRole('link', { name: new RegExp(`^${coverage.partial} partial`) }).click();
  await page.getByText('1 system', { exact: true }).waitFor();
  expect(await rows(page, 'Systems').textContent()).toContain('/srv/private');
  await tiles.getByRole('link', { name: /partial/ }).click();
  await page.getByRole('searchbox', { name: 'Find a system' }).fill('env=prod');
  await page.getByText('1 system', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await heading(page).filter({ hasText: 'app1' }).waitFor();
});

test('a view that fails to load says so, and one that does not exist, too', async () => {
  const { page } = await visit.open('/');
  await page.route(/lookup-view.*\.js/, (route) => route.abort());
  await page.getByRole('link', { name: 'Lookup' }).click();
  await page.getByRole('alert').getByText('could not be loaded').waitFor();
});
