// The talks as a drawing: who begins them on the left, the ports that they reach on the right.
import type { End, Talk } from './talks.ts';

/** Talks that are drawn; the table has all. */
const DRAWN = 60;
const ROW = 28;
const WIDTH = 900;
const [LEFT, RIGHT] = [290, 610];
/** Characters of a name. */
const LONGEST = 32;

/** A place in a column. */
interface Place {
  readonly text: string;
  readonly isSystem: boolean;
  readonly y: number;
}

/** The drawing. */
export function Drawing({ talks }: { talks: readonly Talk[] }) {
  const drawn = talks.slice(0, DRAWN);
  const from = column(drawn.map((talk) => [idOf(talk.from), talk.from.name, talk.from]));
  const to = column(drawn.map((talk) => [targetOf(talk), `${talk.to.name} :${talk.port}`, talk.to]));
  const height = Math.max(from.size, to.size) * ROW + 12;
  const most = Math.max(...drawn.map(({ times }) => times));
  return (
    <figure class="card map" tabIndex={0} aria-label="Drawing">
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label="The table below, as a drawing">
        {drawn.map((talk) => {
          const [y1, y2] = [from.get(idOf(talk.from))?.y ?? 0, to.get(targetOf(talk))?.y ?? 0];
          const middle = (LEFT + RIGHT) / 2;
          return (
            <path
              key={`${idOf(talk.from)} ${targetOf(talk)} ${talk.transport}`}
              d={`M${LEFT} ${y1}C${middle} ${y1} ${middle} ${y2} ${RIGHT} ${y2}`}
              stroke-width={1 + (3 * Math.log1p(talk.times)) / Math.log1p(most)}
            />
          );
        })}
        <Column places={[...from.values()]} x={LEFT} isLeft />
        <Column places={[...to.values()]} x={RIGHT} isLeft={false} />
      </svg>
      {talks.length > drawn.length && (
        <figcaption class="dim">
          The {drawn.length} most frequent of {talks.length.toLocaleString('en-US')}; the table has all.
        </figcaption>
      )}
    </figure>
  );
}

function Column({ places, x, isLeft }: { places: readonly Place[]; x: number; isLeft: boolean }) {
  return (
    <>
      {places.map(({ text, isSystem, y }) => (
        <g key={y} data-system={isSystem || undefined}>
          <circle cx={x} cy={y} r={4.5} />
          <text x={isLeft ? x - 12 : x + 12} y={y + 4.5} text-anchor={isLeft ? 'end' : 'start'}>
            {text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text}
          </text>
        </g>
      ))}
    </>
  );
}

/** Each place once, in the order of its name. */
function column(ends: readonly (readonly [string, string, End])[]): Map<string, Place> {
  const sorted = [...new Map(ends.map((end) => [end[0], end])).values()].sort((a, b) =>
    a[1].localeCompare(b[1], 'en', { numeric: true }),
  );
  return new Map(
    sorted.map(([id, text, { system }], index) => [
      id,
      { text, isSystem: system !== null, y: index * ROW + ROW / 2 + 6 },
    ]),
  );
}

function idOf({ system, name }: End): string {
  return system ?? name;
}

function targetOf({ to, port }: Talk): string {
  return `${idOf(to)} ${port}`;
}
