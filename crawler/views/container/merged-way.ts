// The way from the top of merged layers to the directory being read, kept open so that its neighbours are near.
import { ROOT } from '../tree/entry.ts';
import { MergedDirectory, type Layer } from './merged-directory.ts';

/** Directories held open; what lies deeper is opened from there each time. */
const MOST_OPEN = 48;

/** One way at a time. */
export class MergedWay {
  readonly #layers: readonly Layer[];
  readonly #names: string[] = [];
  readonly #open: MergedDirectory[] = [];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  /**
   * The directory at a path of bytes, whose components are directories; valid until the next call. Throws the system's
   * error, or one with code ENOENT where it is gone.
   */
  to(path: string): MergedDirectory {
    const names = path.split('/').filter(Boolean);
    while (this.#names.some((name, level) => name !== names[level])) this.#back();
    if (this.#open.length === 0) this.#open.push(MergedDirectory.root(ROOT, this.#layers));
    for (const name of names.slice(this.#names.length)) {
      const directory = this.#open.at(-1)?.enter(name);
      if (directory === undefined || directory === null)
        throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      if (this.#open.length > MOST_OPEN) this.#open.pop()?.close();
      this.#open.push(directory);
      this.#names.push(name);
    }
    const here = this.#open.at(-1);
    if (here === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    return here;
  }

  close(): void {
    while (this.#open.length > 0) this.#open.pop()?.close();
    this.#names.length = 0;
  }

  /** Back to the parent; where that is not open any more, to the top. */
  #back(): void {
    if (this.#names.length > MOST_OPEN) {
      this.close();
      return;
    }
    this.#open.pop()?.close();
    this.#names.pop();
  }
}
