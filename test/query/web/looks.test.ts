// How the page looks: every view in both schemes at three widths, and what its first load weighs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import {
  accessibilityFlaws,
  browserTest as test,
  expectSystems,
  hasBrowser,
  picture,
  Visit,
} from './browser.ts';
import { shownFleet } from './shown-fleet.ts';

const APP1 = `/system/${encodeURIComponent('libvirt:kvm1/app1')}`;

const VIEWS: Readonly<Record<string, string>> = {
  first: '/',
  answer: '/?q=10.20.30.40+OR+max_connections',
  narrowed: '/?q=&narrow=os:debian&narrow=-kind:vm&at=now-1s',
  nothing: '/?q=nginx+none-such',
  system: `${APP1}?at=now-1s`,
  files: `${APP1}?tab=files&path=/etc/shop`,
  text: `${APP1}?tab=files&file=/etc/shop/shop.conf&line=2`,
  processes: `${APP1}?tab=processes`,
  history: `${APP1}?tab=history&feature=file`,
  lookup: '/lookup?asked=10.77.1.0/24,10.20.30.40,2001:db8:dead::1',
  compare: '/compare?one=app1&other=web1&feature=file',
  map: '/map?q=kind:vm',
  coverage: '/coverage',
};

/** Widths at which axe looks: layouts differ by width, colours by scheme. */
const CHECKED = { light: [1400, 400], dark: [800] };

const visit = new Visit();
beforeAll(async () => {
  if (hasBrowser) await visit.start(shownFleet());
}, 120_000);
afterAll(() => visit.end());

describe('looks', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.each(Object.entries(VIEWS))(`are accessible and fit: ${colorScheme}, %s`, async (name, path) => {
      const { page, errors } = await visit.open(path, { colorScheme });
      await page.waitForLoadState('networkidle');
      for (const width of [1400, 800, 400]) {
        await page.setViewportSize({ width, height: 900 });
        await picture(page, `${name}-${width}-${colorScheme}`);
        if (CHECKED[colorScheme].includes(width))
          expect([width, await accessibilityFlaws(page)]).toEqual([width, []]);
        const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect([width, Number(wider) <= 0, errors]).toEqual([width, true, []]);
      }
    });
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
  const page = readFileSync(join(visit.built, 'index.html'), 'utf8');
  const first = [...page.matchAll(/src="([^"]+\.js)"/g)].map(([, name = '']) => name);
  // What these import is loaded with them; what they load later, when a view wants it, is not.
  const loaded = new Set(first);
  for (const name of loaded)
    for (const [, other = ''] of scriptOf(name).matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g))
      loaded.add(`/assets/${other}`);
  const bytes = [...loaded].reduce((sum, name) => sum + gzipSync(scriptOf(name)).length, 0);
  expect(first).toHaveLength(1);
  expect(bytes).toBeLessThanOrEqual(40 * 1024);
});

function scriptOf(name: string): string {
  return readFileSync(join(visit.built, name), 'utf8');
}
