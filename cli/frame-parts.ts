// The parts of a frame's document while they are sorted by feature: in temporary files, so that memory stays constant.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUFFER_BYTES = 256 * 1024;

/** One file per part, removed with the object. */
export class FrameParts {
  readonly #folder = mkdtempSync(join(tmpdir(), 'unfold-frame-'));
  readonly #parts = new Map<string, { file: string; fd: number; waiting: string }>();

  /** Adds an element to a part; a comma goes between elements. */
  add(name: string, element: string): void {
    const part = this.#parts.get(name);
    if (part === undefined) {
      const file = join(this.#folder, String(this.#parts.size));
      this.#parts.set(name, { file, fd: openSync(file, 'wx+', 0o600), waiting: element });
      return;
    }
    part.waiting += `,${element}`;
    if (part.waiting.length > BUFFER_BYTES) this.#flush(part);
  }

  /** The bytes of a part, in order; none where nothing was added. */
  *read(name: string): Generator<Buffer> {
    const part = this.#parts.get(name);
    if (part === undefined) return;
    this.#flush(part);
    const buffer = Buffer.alloc(BUFFER_BYTES);
    let at = 0;
    for (let read = readSync(part.fd, buffer, 0, buffer.length, 0); read > 0;) {
      // A copy: the reader of stdout may take it later.
      yield Buffer.from(buffer.subarray(0, read));
      at += read;
      read = readSync(part.fd, buffer, 0, buffer.length, at);
    }
  }

  #flush(part: { fd: number; waiting: string }): void {
    writeFileSync(part.fd, part.waiting);
    part.waiting = '';
  }

  [Symbol.dispose](): void {
    for (const { fd } of this.#parts.values()) closeSync(fd);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
