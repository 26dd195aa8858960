// How long a query takes to be understood, against JSON.parse of the same text in the same run: node bench/parse.ts
import { parse } from '../query/language/parse.ts';
import { resolve } from '../query/language/resolve.ts';

const NOW = new Date();
const ROUNDS = 2000;
const LENGTH = 200;

/** Queries of a kind, each different from the other: nothing of them is remembered from the one before. */
const KINDS: Readonly<Record<string, (n: number) => string>> = {
  words: (n) => `nginx worker${n} "max connections" error log`,
  'fields and operators': (n) => `package:nginx${n} (os:debian OR os:alpine) -path:/tmp/${n}/*`,
  addresses: (n) => `10.1.${n % 256}.7 10.${n % 256}.0.0/16 fe80::${(n % 9999) + 1} 10.0.0.1-10.0.0.9`,
  'groups and versions': (n) =>
    `connection:(-remote:10.${n % 256}.0.0/16 port:>${n}) package:openssl version:<3.${n}`,
  wildcards: (n) => `ngin${n}* *conn${n}* db-? /etc/*/${n}.conf`,
  'regular expressions': (n) => String.raw`/max_\w+ = ${n}\d*/ command:/--port ${n}/`,
  'natural text': (n) => String.raw`C:\dir${n}\x (see https://u:p@h/?q=${n}) "unbalanced ] 12:30 a::b f(x)`,
};

function filled(kind: (n: number) => string, n: number): string {
  let text = kind(n);
  for (let more = n + 1; text.length < LENGTH; more++) text += ` ${kind(more * 7)}`;
  return text.slice(0, LENGTH);
}

/** Microseconds of one call, at the median of all. */
function microseconds(texts: readonly string[], work: (text: string) => unknown): number {
  for (const text of texts.slice(0, ROUNDS / 4)) work(text);
  const times = texts.map((text) => {
    const start = performance.now();
    work(text);
    return (performance.now() - start) * 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

console.log(`queries of ${LENGTH} characters, medians of ${ROUNDS} different ones, µs`);
console.log(`${''.padEnd(22)}   parse  parse and resolve  JSON.parse   ratio`);
for (const [name, kind] of Object.entries(KINDS)) {
  const texts = Array.from({ length: ROUNDS }, (_, n) => filled(kind, n));
  const parsed = microseconds(texts, parse);
  const resolved = microseconds(texts, (text) => resolve(parse(text), NOW));
  const reference = microseconds(
    texts.map((text) => JSON.stringify(text.split(' '))),
    (text) => JSON.parse(text) as unknown,
  );
  const figures = [
    parsed.toFixed(0).padStart(8),
    resolved.toFixed(0).padStart(18),
    reference.toFixed(1).padStart(11),
  ];
  console.log(`${name.padEnd(22)}${figures.join(' ')} ${(resolved / reference).toFixed(0).padStart(6)} x`);
}
