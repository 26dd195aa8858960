// Finds the trigger words of all rules in one pass, four bytes at a time and every second position only.

interface Word {
  /** What may stand at each place, as a table by folded byte. */
  readonly places: readonly Uint8Array[];
  /** 1 where the first place is a class in front of the trigger. */
  readonly lead: number;
}

interface Gram {
  readonly trigger: number;
  /** Where the four bytes start within the word. */
  readonly offset: number;
}

/** Slots of the table that every four bytes are looked up in. */
const SLOTS = 1 << 18;
/** Chosen for few collisions in texts. */
const FACTOR = 0xaa_66_d1_31;
const SECOND_FACTOR = 0x85_eb_ca_6b;
const SHIFT = 14;
const FOLD = 0x20_20_20_20;
const CLASSES: Readonly<Record<string, RegExp>> = {
  '?': /[^]/,
  '#': /[a-z0-9./_-]/i,
  '~': /[^a-z]/i,
};

/** Which bytes, with bit 5 set, a character of a trigger stands for. */
function placeOf(character: string): Uint8Array {
  const place = new Uint8Array(256);
  const pattern = CLASSES[character];
  for (let byte = 0; byte < 256; byte++) {
    const isMember =
      pattern === undefined
        ? String.fromCharCode(byte) === character
        : pattern.test(String.fromCharCode(byte));
    if (isMember) place[byte | 0x20] = 1;
  }
  return place;
}

function wordOf(trigger: string): Word {
  if (trigger.length < 5) throw new Error(`trigger too short: ${trigger}`);
  return { places: Array.from(trigger, placeOf), lead: CLASSES[trigger.charAt(0)] === undefined ? 0 : 1 };
}

/** The most frequent characters of texts, in order. */
const FREQUENT = ' etaoinsrhldcumfpg-./_ywbv"=#~?';

/** Where the five least frequent characters of a word start: at one of two neighbouring positions a scan meets them. */
function rarestOffset(trigger: string): number {
  const costs = Array.from({ length: trigger.length - 4 }, (_, start) =>
    Array.from(trigger.slice(start, start + 5), (character) => {
      const rank = FREQUENT.indexOf(character);
      return rank < 0 ? 0 : CLASSES[character] === undefined ? FREQUENT.length - rank : 40;
    }).reduce((sum, cost) => sum + cost, 0),
  );
  return costs.indexOf(Math.min(...costs));
}

/** Every four bytes (folded) that can stand at these places. */
function foursOf(places: readonly Uint8Array[]): number[] {
  let fours = [0];
  places.forEach((place, k) => {
    const bytes = Array.from(place.keys()).filter((byte) => place[byte] === 1);
    fours = bytes.flatMap((byte) => fours.map((four) => four | (byte << (8 * k))));
  });
  return fours;
}

/** Two look-up tables of the same four bytes: what has no entry in both of them is part of no trigger. */
interface Tables {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

/**
 * Writes to `found` every even position whose four bytes have entries; returns how many. Nearly all the time goes
 * here, so that it does nothing else: one load and two look-ups for four bytes, and one branch that is seldom taken.
 */
function findSlots(fours: Int32Array, end: number, { first, second }: Tables, found: Int32Array): number {
  let count = 0;
  let low = (fours[0] ?? 0) | FOLD;
  for (let at = 1; at <= end; at++) {
    const high = (fours[at] ?? 0) | FOLD;
    const middle = (low >>> 16) | (high << 16);
    const even = first[Math.imul(low, FACTOR) >>> SHIFT] ?? 0;
    const odd = first[Math.imul(middle, FACTOR) >>> SHIFT] ?? 0;
    if ((even | odd) !== 0) {
      found[count] = 4 * at - 4;
      count += even & (second[Math.imul(low, SECOND_FACTOR) >>> SHIFT] ?? 0);
      found[count] = 4 * at - 2;
      count += odd & (second[Math.imul(middle, SECOND_FACTOR) >>> SHIFT] ?? 0);
    }
    low = high;
  }
  return count;
}

/**
 * Scans texts for words, whatever their case. A word is lower-case ASCII of at least five characters; in it `?` stands
 * for any character, `#` for one of a token, `~` for none of a word. One scanner is used from one place at a time.
 */
export class TriggerScanner {
  readonly #words: readonly Word[];
  readonly #tables: Tables = { first: new Uint8Array(SLOTS), second: new Uint8Array(SLOTS) };
  readonly #grams: (Gram[] | undefined)[] = new Array<Gram[] | undefined>(SLOTS).fill(undefined);
  #fours = new Int32Array(1 << 14);
  #places = new Int32Array(1 << 15);
  #bytes = Buffer.from(this.#fours.buffer);

  constructor(triggers: readonly string[]) {
    this.#words = triggers.map(wordOf);
    triggers.forEach((word, trigger) => {
      const rarest = rarestOffset(word);
      for (const offset of [rarest, rarest + 1]) this.#add({ trigger, offset });
    });
  }

  #add(gram: Gram): void {
    const places = this.#words[gram.trigger]?.places.slice(gram.offset, gram.offset + 4) ?? [];
    for (const four of foursOf(places)) {
      const slot = Math.imul(four, FACTOR) >>> SHIFT;
      this.#tables.first[slot] = 1;
      this.#tables.second[Math.imul(four, SECOND_FACTOR) >>> SHIFT] = 1;
      const grams = (this.#grams[slot] ??= []);
      if (!grams.some(({ trigger, offset }) => trigger === gram.trigger && offset === gram.offset))
        grams.push(gram);
    }
  }

  /** Calls `hit` for every trigger in the text, nearly in order of position; a leading class is not part of `at`. */
  scan(text: string, hit: (trigger: number, at: number) => void): void {
    this.#load(text);
    const count = findSlots(this.#fours, (text.length + 8) >> 2, this.#tables, this.#places);
    for (let k = 0; k < count; k++) this.#check(this.#places[k] ?? 0, hit);
  }

  /**
   * One byte per UTF-16 unit, so that offsets stay those of the text, between a byte and some more for classes that
   * stand for the beginning or the end of the text.
   */
  #load(text: string): void {
    if (this.#bytes.length < text.length + 16) {
      this.#fours = new Int32Array((text.length >> 1) + 8);
      this.#bytes = Buffer.from(this.#fours.buffer);
      this.#places = new Int32Array(2 * this.#fours.length);
    }
    this.#bytes[0] = 0;
    this.#bytes.write(text, 1, 'latin1');
    this.#bytes.fill(0, text.length + 1, text.length + 16);
  }

  #check(at: number, hit: (trigger: number, at: number) => void): void {
    const four = (this.#fours[at >> 2] ?? 0) | FOLD;
    const next = (this.#fours[(at >> 2) + 1] ?? 0) | FOLD;
    const slot = Math.imul((at & 2) === 0 ? four : (four >>> 16) | (next << 16), FACTOR) >>> SHIFT;
    for (const { trigger, offset } of this.#grams[slot] ?? []) {
      const word = this.#words[trigger];
      if (word !== undefined && this.#standsAt(word.places, at - offset))
        hit(trigger, at - offset + word.lead - 1);
    }
  }

  #standsAt(places: readonly Uint8Array[], start: number): boolean {
    if (start < 0) return false;
    for (let k = 0; k < places.length; k++) {
      if (places[k]?.[(this.#bytes[start + k] ?? 0) | 0x20] !== 1) return false;
    }
    return true;
  }
}
