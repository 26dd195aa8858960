// Numbers that a seed decides, asked for by name and not in turn: any part of a fleet is made without the rest.

function mixed(state: number, value: number): number {
  const sum = Math.imul(state ^ value, 0x9e3779b1);
  return sum ^ (sum >>> 15);
}

/** The number of these names, from 0 up to 2^32. */
export function numberOf(...names: readonly number[]): number {
  let state = 0x2545f491;
  for (const name of names) state = mixed(state, name);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** The fraction of these names, from 0 up to 1. */
export function fractionOf(...names: readonly number[]): number {
  return numberOf(...names) / 2 ** 32;
}
