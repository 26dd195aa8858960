// Reads files of a layer, one after the other as they lie there.
import { ByteCursor } from '../../formats/byte-cursor.ts';
import type { ByteSource } from '../../formats/byte-source.ts';
import type { ContentSkip } from '../../../schemas/entries.ts';
import { isDamage } from './damage.ts';
import type { ImageNode } from './image-node.ts';

/** What came of reading a file; `why` explains a skip that is a problem. */
export type LayerFile =
  | { readonly bytes: Buffer }
  | { readonly skip: ContentSkip }
  | { readonly skip: ContentSkip; readonly why: string };

/** Forward only; several names of one file may be asked for in a row. */
export class LayerReader {
  readonly #cursor: ByteCursor;
  #last: ImageNode | null = null;
  #bytes: Buffer | null = null;
  #isTorn = false;

  constructor(source: ByteSource) {
    this.#cursor = new ByteCursor(source);
  }

  /** The bytes of a file that lies no further in front than the last one. */
  async content(node: ImageNode, maxBytes: number): Promise<LayerFile> {
    if (node.size > maxBytes) return { skip: 'too-large' };
    if (node.isSparse)
      return { skip: 'unreadable', why: 'is kept without its holes, which are not filled in here' };
    if (node !== this.#last) await this.#move(node);
    return this.#bytes === null
      ? { skip: 'torn', why: 'changed with its layer while that was read' }
      : { bytes: this.#bytes };
  }

  /** What was whole when it was checked and is not any more has changed; nothing after that is read. */
  async #move(node: ImageNode): Promise<void> {
    this.#last = node;
    if (this.#isTorn) return;
    try {
      await this.#cursor.skip(node.offset - this.#cursor.position);
      const bytes = await this.#cursor.take(node.size);
      this.#bytes = bytes.length === node.size ? bytes : null;
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#bytes = null;
    }
    this.#isTorn = this.#bytes === null;
  }

  async close(): Promise<void> {
    await this.#cursor.close();
  }
}
