// Finds the trigger words of all rules in one pass, four bytes at a time and every second position only.

interface Gram {
  /** The trigger's number. */
  readonly trigger: number;
  /** Where the four bytes start, relative to the trigger; -1 is the character before it. */
  readonly offset: number;
}

const SLOTS = 1 << 16;
const FOLD = 0x20_20_20_20;
/** Values that any byte has once bit 5 is set. */
const FOLDED_BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => (byte & 0x20) !== 0);

function slotOf(four: number): number {
  return Math.imul(four, 0x9e_37_79_b1) >>> 16;
}

function fold(code: number): number {
  return code >= 65 && code <= 90 ? code | 0x20 : code;
}

/** Scans texts for words, whatever their case. A scanner keeps one buffer: use it from one place at a time. */
export class TriggerScanner {
  readonly #triggers: readonly string[];
  readonly #present = new Uint8Array(SLOTS);
  readonly #grams = new Map<number, Gram[]>();
  #bytes = Buffer.alloc(1 << 16);
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);

  /** The triggers are lower-case ASCII of at least three characters. */
  constructor(triggers: readonly string[]) {
    this.#triggers = triggers;
    triggers.forEach((word, trigger) => {
      // One of two neighbouring positions is even: both get an entry.
      this.#add(word, { trigger, offset: 0 });
      this.#add(word, { trigger, offset: word.length > 4 ? 1 : -1 });
    });
  }

  #add(word: string, gram: Gram): void {
    let fours = [0];
    for (let k = 0; k < 4; k++) {
      const code = word.charCodeAt(gram.offset + k);
      const bytes = Number.isNaN(code) ? FOLDED_BYTES : [code | 0x20];
      fours = bytes.flatMap((byte) => fours.map((four) => four | (byte << (8 * k))));
    }
    for (const four of fours) {
      const slot = slotOf(four);
      this.#present[slot] = 1;
      this.#grams.set(slot, [...(this.#grams.get(slot) ?? []), gram]);
    }
  }

  /** Calls `hit` for every trigger in the text, nearly in order of position. */
  scan(text: string, hit: (trigger: number, at: number) => void): void {
    this.#load(text);
    const view = this.#view;
    const present = this.#present;
    const end = text.length;
    for (let at = 0; at < end; at += 2) {
      // The same as slotOf(), written out: this line is where the time goes.
      const slot = Math.imul(view.getInt32(at, true) | FOLD, 0x9e_37_79_b1) >>> 16;
      if (present[slot] !== 0) this.#check(text, slot, at, hit);
    }
  }

  /** One byte per UTF-16 unit, so that offsets stay those of the text; four zero bytes at the end. */
  #load(text: string): void {
    if (this.#bytes.length < text.length + 8) {
      this.#bytes = Buffer.alloc(2 * (text.length + 8));
      this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    }
    this.#bytes.write(text, 0, 'latin1');
    this.#bytes.fill(0, text.length, text.length + 8);
  }

  #check(text: string, slot: number, at: number, hit: (trigger: number, at: number) => void): void {
    for (const { trigger, offset } of this.#grams.get(slot) ?? []) {
      const start = at - offset;
      if (start >= 0 && this.#standsAt(text, this.#triggers[trigger] ?? '', start)) hit(trigger, start);
    }
  }

  #standsAt(text: string, word: string, start: number): boolean {
    for (let k = 0; k < word.length; k++) {
      if (fold(text.charCodeAt(start + k)) !== word.charCodeAt(k)) return false;
    }
    return true;
  }
}
