// A frame is valid NDJSON whatever it is made of, and says how much it could not list.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameWriter } from '../../crawler/frame-writer.ts';
import type { FileEntry } from '../../schemas/entries.ts';
import type { FrameHeader } from '../../schemas/frame.ts';
import { requirement } from '../requirements.ts';
import { CRAWLER, parseFrame, type Frame } from './frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const header: FrameHeader = {
  schema: 'unfold.frame/1',
  id: '00000000-0000-4000-8000-000000000000',
  system: { id: 'rootfs:h/x', kind: 'host', name: 'x', labels: {} },
  at: '2026-01-02T03:04:05.678Z',
  features: ['file'],
  crawler: CRAWLER,
};

const entry = (path: string, text: string): FileEntry => ({
  path,
  type: 'file',
  size: 1,
  mode: '0644',
  uid: 0,
  gid: 0,
  mtime: header.at,
  ctime: header.at,
  inode: 1,
  content: { text, encoding: 'utf-8' },
});

function written(write: (writer: FrameWriter) => void, failed = false): Frame {
  const file = join(folder, 'frame');
  const fd = openSync(file, 'w');
  const writer = new FrameWriter(fd, header);
  write(writer);
  writer.end(new Date(), failed);
  closeSync(fd);
  return parseFrame(readFileSync(file, 'utf8'));
}

describe('a frame', () => {
  test('holds every entry as it was given, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 50 })), (texts) => {
        const { entries, end } = written((writer) => {
          texts.forEach((text, n) => writer.entry('file', `/${n}`, entry(`/${n}`, text)));
        });
        expect(
          [...(entries.file?.values() ?? [])].map(({ content }) => (content as { text: string }).text),
        ).toEqual(texts.map((text) => text.toWellFormed()));
        expect(end.status).toBe('complete');
      }),
      { numRuns: 50 },
    );
  });

  test('has no half characters, and keeps what only looks like one', () => {
    const { entries } = written((writer) => {
      writer.entry('file', '/half', entry('/half', 'cut \ud83e'));
      writer.entry('file', '/json', entry('/json', '{"duck":"\\ud83e\\udd86"} 🦆'));
    });
    expect(entries.file?.get('/half')).toMatchObject({ content: { text: 'cut \ufffd' } });
    expect(entries.file?.get('/json')).toMatchObject({ content: { text: '{"duck":"\\ud83e\\udd86"} 🦆' } });
  });

  test('takes lines that are larger than its buffer, in order', () => {
    const large = 'größer '.repeat(400_000);
    const { entries } = written((writer) => {
      writer.entry('file', '/a', entry('/a', 'before'));
      writer.entry('file', '/b', entry('/b', large));
      for (let n = 0; n < 3000; n++) writer.entry('file', `/c${n}`, entry(`/c${n}`, large.slice(0, 700 + n)));
    });
    expect(entries.file?.size).toBe(3002);
    expect(entries.file?.get('/b')).toMatchObject({ content: { text: large } });
    expect([...(entries.file?.keys() ?? [])].slice(0, 3)).toEqual(['/a', '/b', '/c0']);
  });

  test('lists the first problems of a kind and says how many more there were', () => {
    const { problems, end } = written((writer) => {
      for (let n = 0; n < 1500; n++) {
        writer.problem({ code: 'UNFOLD_UNREADABLE', extractor: 'tree', path: `/${n}`, message: 'no' });
      }
      writer.problem({ code: 'UNFOLD_MALFORMED', extractor: 'dpkg', path: '/x', message: 'odd' });
    });
    expect(problems).toHaveLength(1002);
    expect(problems.at(-1)).toEqual({
      code: 'UNFOLD_UNREADABLE',
      extractor: 'tree',
      message: '500 more problems of this kind are not listed',
    });
    expect(end).toMatchObject({ status: 'partial', problems: 1002 });
  });

  test('counts what was masked, skipped and left out', () => {
    const { end } = written((writer) => {
      writer.masked('token', 2);
      writer.masked('token', 3);
      writer.skipped('binary');
      writer.skipped('binary');
      writer.leftOut({ path: '/proc', reason: 'other-mount', detail: 'proc' });
    });
    expect(end).toMatchObject({
      status: 'complete',
      counts: { file: 0 },
      masked: { token: 5 },
      skipped: { binary: 2 },
      leftOut: [{ path: '/proc', reason: 'other-mount', detail: 'proc' }],
    });
  });

  test('is failed where it is said so', () => {
    expect(written(() => undefined, true).end.status).toBe('failed');
  });

  const onFull = requirement('/dev/full', process.platform === 'linux', 'it is a disk that is always full');
  onFull('tells a full disk', () => {
    const fd = openSync('/dev/full', 'w');
    expect(() => new FrameWriter(fd, header)).toThrow(expect.objectContaining({ code: 'UNFOLD_DISK_FULL' }));
    closeSync(fd);
  });
});
