// Text of a system with the addresses in it as links to their lookups. The text stays text, whatever it says.
import type { ComponentChildren } from 'preact';
import { Link } from './link.tsx';
import { pathWith } from './location.ts';

const V4 = String.raw`(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)`;
/** At least two colons in a row, or seven of them: times and MAC addresses have neither. */
const V6 = String.raw`(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,6})?::(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,6})?`;
const ADDRESS = new RegExp(
  `((?<![\\w.]|[a-z]-)${V4}|(?<![\\w.:])(?:${V6}))(/\\d{1,3})?(?!\\w|-[a-z]|\\.\\d|:[\\da-f]*:)`,
  'gi',
);
/** Longer texts are shown without links. */
const LONGEST = 200_000;

/** The path that looks something up, as of an instant. */
export function lookupPath(asked: string, at = ''): string {
  return pathWith('/lookup', new URLSearchParams({ asked, ...(at === '' ? {} : { at }) }));
}

/** The text. */
export function Linked({ text, at = '' }: { text: string; at?: string }) {
  if (text.length > LONGEST) return <>{text}</>;
  const pieces: ComponentChildren[] = [];
  let end = 0;
  for (const { 0: written, 1: address = '', index } of text.matchAll(ADDRESS)) {
    if (!meansMachine(address)) continue;
    pieces.push(
      text.slice(end, index),
      <Link key={index} class="address" to={lookupPath(written, at)}>
        {written}
      </Link>,
    );
    end = index + written.length;
  }
  return (
    <>
      {pieces}
      {text.slice(end)}
    </>
  );
}

/** Not every address, which `0.0.0.0` and `::` stand for. */
function meansMachine(address: string): boolean {
  return !/^[0.]+$|^[0:]+$/.test(address);
}
