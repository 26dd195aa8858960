// A watcher over a real index: what it remembers, what it asks again, and what waits for a receiver.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Index } from '../../../indexer/engines/index-keeping.ts';
import { SavedFile } from '../../../query/saved/saved-file.ts';
import { WatchStore } from '../../../query/watch/watch-store.ts';
import { Watcher } from '../../../query/watch/watcher.ts';
import { WatchEvent } from '../../../schemas/saved-search.ts';
import { file } from '../../conformance/search-engine/frames.ts';
import { apply, NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { withFleet } from '../setting.ts';

/** A watcher in a folder of its own. */
class Setting {
  readonly folder = mkdtempSync(join(tmpdir(), 'unfold-watch-'));
  readonly saved = new SavedFile(this.folder);
  readonly said: string[] = [];
  store = new WatchStore(this.folder);
  watcher: Watcher;
  readonly engine: Index;
  #minutes = 0;

  constructor(engine: Index) {
    this.engine = engine;
    this.watcher = this.#watcher();
  }

  save(query: string): void {
    this.saved.save('mine', { query, webhook: null }, new Date());
  }

  /** Indexes a crawl of a system whose /etc/motd has a text. */
  async crawl(system: string, text: string): Promise<void> {
    this.#minutes += 1;
    const at = new Date(Date.UTC(2026, 0, 1, 12, this.#minutes)).toISOString();
    await apply(this.engine, { system, at, entries: [file('/etc/motd', text)] });
  }

  /** Ends the watcher and starts another. */
  restart(): void {
    this.store[Symbol.dispose]();
    this.store = new WatchStore(this.folder);
    this.watcher = this.#watcher();
  }

  /** Looks, and takes the events that wait. */
  async events(): Promise<WatchEvent[]> {
    await this.watcher.look(false);
    const events: WatchEvent[] = [];
    for (let next = this.store.next('mine'); next !== null; next = this.store.next('mine')) {
      events.push(WatchEvent.parse(JSON.parse(next.body)));
      this.store.done(next);
    }
    return events;
  }

  #watcher(): Watcher {
    return new Watcher({
      engine: this.engine,
      saved: this.saved,
      names: [],
      store: this.store,
      staleAfterHours: 1_000_000,
      say: (message) => void this.said.push(message),
      signal: NO_SIGNAL,
    });
  }
}

function watching(run: (setting: Setting) => Promise<void>): Promise<void> {
  return withFleet([], async (engine) => {
    const setting = new Setting(engine);
    try {
      await run(setting);
    } finally {
      setting.store[Symbol.dispose]();
      rmSync(setting.folder, { recursive: true, force: true });
    }
  });
}

const names = (list: readonly { system: { name: string } }[]): string[] =>
  list.map(({ system }) => system.name);

test('the first answer is an event even if it is empty, and no other is without a change', () =>
  watching(async (setting) => {
    setting.save('hello');
    expect(await setting.events()).toMatchObject([
      { first: true, entered: [], total: 0, coverage: { complete: false } },
    ]);
    await setting.crawl('a', 'other');
    expect(await setting.events()).toEqual([]);
    await setting.crawl('a', 'hello');
    expect((await setting.events()).map(({ first, entered }) => [first, names(entered)])).toEqual([
      [false, ['a']],
    ]);
    await setting.crawl('a', 'hello again');
    expect(await setting.events()).toEqual([]);
    setting.restart();
    expect(await setting.events()).toEqual([]);
    expect(statSync(join(setting.folder, 'watch.sqlite')).mode & 0o777).toBe(0o600);
  }));

test('another query under the same name begins anew, and so does one that was removed meanwhile', () =>
  watching(async (setting) => {
    await setting.crawl('a', 'hello');
    await setting.crawl('b', 'bye');
    setting.save('hello');
    await setting.events();
    setting.save('bye');
    const [event] = await setting.events();
    expect(event).toMatchObject({ first: true, search: { query: 'bye' }, left: [] });
    expect(names(event?.entered ?? [])).toEqual(['b']);
    setting.saved.remove('mine');
    expect(await setting.events()).toEqual([]);
    setting.save('bye');
    expect(await setting.events()).toMatchObject([{ first: true }]);
  }));

test('events of a search that is removed are gone with it', () =>
  watching(async (setting) => {
    await setting.crawl('a', 'hello');
    setting.save('hello');
    await setting.watcher.look(false);
    expect(setting.store.waiting('mine')).toBe(1);
    setting.saved.remove('mine');
    await setting.watcher.look(false);
    expect(setting.store.waiting('mine')).toBe(0);
  }));

test('where many events wait, what changes meanwhile is told together when they are taken', () =>
  watching(async (setting) => {
    setting.save('hello');
    for (let round = 0; round < 80; round++) {
      await setting.crawl('a', round % 2 === 0 ? 'hello' : 'bye');
      await setting.watcher.look(false);
    }
    await setting.crawl('b', 'hello');
    await setting.watcher.look(false);
    expect(setting.store.waiting('mine')).toBe(64);
    expect(setting.said).toEqual([expect.stringMatching(/^mine: 64 events wait for their receiver/)]);
    setting.restart();
    const inAnswer = new Set<string>();
    for (const event of [...(await setting.events()), ...(await setting.events())]) {
      for (const name of names(event.entered)) inAnswer.add(name);
      for (const name of names(event.left)) inAnswer.delete(name);
    }
    // Round 79 left `a` out.
    expect([...inAnswer]).toEqual(['b']);
  }));

test('a system that the index forgot has left, and is gone', () =>
  watching(async (setting) => {
    await setting.crawl('a', 'hello');
    setting.save('hello');
    await setting.events();
    await setting.engine.forget('rootfs:host1/srv/a', NO_SIGNAL);
    const [event] = await setting.events();
    expect(event).toMatchObject({ left: [{ system: { name: 'a' }, gone: true, gaps: [] }], total: 0 });
  }));
