// A rebuild in Elasticsearch leaves the old index or the new one, whatever happens, and those who use it go on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openElasticsearch } from '../../../indexer/engines/elasticsearch/engine.ts';
import { KINDS } from '../../../indexer/engines/elasticsearch/indices.ts';
import { rebuildElasticsearch } from '../../../indexer/engines/elasticsearch/rebuild.ts';
import type { Index, Progress } from '../../../indexer/engines/index-keeping.ts';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { file } from '../../conformance/search-engine/frames.ts';
import { findings } from '../../conformance/search-engine/keeping-histories.ts';
import {
  ALL_FACETS,
  apply,
  names,
  NO_SIGNAL,
  search,
  word,
} from '../../conformance/search-engine/setting.ts';
import { describeElasticsearch } from '../../elasticsearch-cluster.ts';
import { everything, fillIndex } from './small-history.ts';

/** On a busy machine. */
const LONG_MS = 300_000;
const KILLS = 5;

const ask = (index: Index) => search(index, { or: [word('version'), word('nginx')] }, { facets: ALL_FACETS });

describeElasticsearch(8, (cluster) => {
  const node = (): string => cluster.nodes()[0] ?? '';

  const rebuild = (
    configuration: ElasticsearchConfiguration,
    progress: Progress = () => undefined,
    signal = NO_SIGNAL,
  ) => rebuildElasticsearch(configuration, progress, { signal, patienceMs: 0, notice: () => undefined });

  async function filled(): Promise<{ configuration: ElasticsearchConfiguration; writer: Index }> {
    const configuration = cluster.configuration();
    const writer = await openElasticsearch(configuration, 'write');
    await fillIndex(writer);
    return { configuration, writer };
  }

  async function indices({ prefix }: ElasticsearchConfiguration): Promise<string[]> {
    const answer = await fetch(`${node()}/${prefix}*?features=aliases`);
    return Object.keys((await answer.json()) as object).sort();
  }

  async function put(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${node()}/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    expect(answer.ok).toBe(true);
  }

  /** Writes the lease of who rebuilds: given back, or kept by one who is gone. */
  const lease = ({ prefix }: ElasticsearchConfiguration, busy: boolean) =>
    put(`${prefix}-frames/_doc/keeping`, { kind: 'keeping', busy });

  test(
    'who has the index open goes on, and the new index knows what the old one knew',
    async () => {
      const { configuration, writer } = await filled();
      const reader = await openElasticsearch(configuration, 'read');
      const [before, answer] = [await everything(reader), await ask(reader)];
      let old = await indices(configuration);
      for (let time = 0; time < 2; time++) {
        const rebuilt = await rebuild(configuration);
        const { facts, contents } = rebuilt.before;
        expect(rebuilt.after).toMatchObject({ systems: 3, frames: 9, facts, contents });
        const now = await indices(configuration);
        expect(now).toHaveLength(KINDS.length);
        expect(now.filter((name) => old.includes(name))).toEqual([]);
        old = now;
        // Without a question in between: as many documents as before may be there, with other things in them.
        expect(await ask(reader)).toEqual(answer);
        expect(await everything(reader)).toBe(before);
      }
      const entries = [file('/late', 'mango'), file('/etc/1', 'a text that is new')];
      expect(await apply(writer, { system: 'late', at: 20, entries })).toMatchObject({ opened: 2 });
      expect(await names(reader, word('mango'))).toEqual(['late']);
      expect(await findings(reader)).toEqual([]);
      await writer.forget('rootfs:host1/srv/late', NO_SIGNAL);
      expect(await ask(reader)).toEqual(answer);
      await Promise.all([reader.close(), writer.close()]);
    },
    LONG_MS,
  );

  test(
    'a rebuild while it is read and written: every answer is whole, and the writer waits',
    async () => {
      const { configuration, writer } = await filled();
      const reader = await openElasticsearch(configuration, 'read');
      const answer = await ask(reader);
      const applied: ReturnType<typeof apply>[] = [];
      const done = new AbortController();
      const rebuilding = rebuild(configuration, () => {
        if (applied.length > 0) return;
        applied.push(apply(writer, { system: 'late', at: 20, entries: [file('/late', 'mango')] }));
      }).finally(() => {
        done.abort();
      });
      let asked = 0;
      while (!done.signal.aborted) {
        expect((await ask(reader)).systems).toEqual(answer.systems);
        asked += 1;
      }
      expect(asked).toBeGreaterThan(3);
      expect((await rebuilding).after.systems).toBe(3);
      expect(await Promise.all(applied)).toMatchObject([{ outcome: 'applied', opened: 1 }]);
      expect(await names(reader, word('mango'))).toEqual(['late']);
      await Promise.all([reader.close(), writer.close()]);
    },
    LONG_MS,
  );

  test(
    'a writer that did not wait loses nothing: the rebuild gives up',
    async () => {
      const { configuration, writer } = await filled();
      const before = await indices(configuration);
      const applied: ReturnType<typeof apply>[] = [];
      const rebuilding = rebuild(configuration, (done) => {
        // As if the writer had looked for the lease before.
        if (done === 1) void lease(configuration, false);
        if (done === 1) applied.push(apply(writer, { system: 's0', at: 21, entries: [file('/a', 'mango')] }));
      });
      await expect(rebuilding).rejects.toMatchObject({ code: 'UNFOLD_ENGINE_CONFLICT' });
      expect(await Promise.all(applied)).toMatchObject([{ outcome: 'applied' }]);
      expect(await names(writer, word('mango'))).toEqual(['s0']);
      expect(await indices(configuration)).toEqual(before);
      await writer.close();
    },
    LONG_MS,
  );

  test(
    'an index with damage is not replaced, and an aborted rebuild leaves nothing',
    async () => {
      const { configuration, writer } = await filled();
      const before = await indices(configuration);
      const abort = new AbortController();
      const stop: Progress = (done) => {
        if (done === 1) abort.abort(new Error('enough'));
      };
      await expect(rebuild(configuration, stop, abort.signal)).rejects.toThrow('enough');
      expect(await indices(configuration)).toEqual(before);
      const entries = `${node()}/${configuration.prefix}-entries`;
      const body = JSON.stringify({ query: { match_all: {} }, size: 1 });
      const headers = { 'content-type': 'application/json' };
      const found = await fetch(`${entries}/_search`, { method: 'POST', headers, body });
      const { hits } = (await found.json()) as { hits: { hits: { _id: string }[] } };
      await fetch(`${entries}/_doc/${hits.hits[0]?._id ?? ''}?refresh=true`, { method: 'DELETE' });
      await expect(rebuild(configuration)).rejects.toMatchObject({ code: 'UNFOLD_DATA_CORRUPT' });
      expect(await indices(configuration)).toEqual(before);
      await writer.close();
    },
    LONG_MS,
  );

  test(
    'killed at any moment, a rebuild leaves the old index or the new one; the next one removes what is left',
    async () => {
      const { configuration, writer } = await filled();
      await writer.close();
      const reader = await openElasticsearch(configuration, 'read');
      const before = await everything(reader);
      const started = performance.now();
      await rebuild(configuration);
      const longest = 1.2 * (performance.now() - started);
      const script = join(import.meta.dirname, 'elasticsearch-rebuild-child.ts');
      let left = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const args = ['--disable-warning=ExperimentalWarning', script, JSON.stringify(configuration)];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        const exit = once(child, 'exit');
        await once(child.stdout, 'data');
        await setTimeout(((kill + Math.random()) / KILLS) * longest);
        child.kill('SIGKILL');
        await exit;
        left = Math.max(left, (await indices(configuration)).length - KINDS.length);
        expect(await everything(reader)).toBe(before);
        // Nobody waits the minute until it counts as gone.
        await lease(configuration, false);
      }
      expect(left).toBeGreaterThan(0);
      await rebuild(configuration);
      expect(await indices(configuration)).toHaveLength(KINDS.length);
      expect(await everything(reader)).toBe(before);
      expect(await findings(reader)).toEqual([]);
      await reader.close();
    },
    LONG_MS,
  );

  test(
    'killed in its last step, it is gone after a minute, and frames are indexed again',
    async () => {
      const { configuration, writer } = await filled();
      await lease(configuration, true);
      await put(`${configuration.prefix}-systems/_block/write`, undefined);
      const late = { system: 'late', at: 20, entries: [file('/late', 'mango')] };
      expect(await apply(writer, late)).toMatchObject({ outcome: 'applied' });
      expect(await names(writer, word('mango'))).toEqual(['late']);
      await writer.close();
    },
    LONG_MS,
  );
});
