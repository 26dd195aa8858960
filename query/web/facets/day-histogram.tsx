// The days on which the systems of an answer were crawled last, as bars; each chooses its day.
import type { Facet } from '../../../schemas/answer.ts';
import { asked } from '../state.ts';
import { count } from '../words.ts';
import { choiceOf, toggle } from './narrowing.ts';

/** Days with a bar each. */
const DAYS = 31;
/** In pixels. */
const HEIGHT = 46;

/** The newest days, oldest first. */
export function DayHistogram({ facet }: { facet: Facet }) {
  const days = facet.buckets.slice(-DAYS);
  const most = Math.max(1, ...days.map(({ systems }) => systems));
  const earlier = facet.buckets.length - days.length + facet.more;
  return (
    <div class="histogram">
      <ul aria-label="Days">
        {days.map(({ value, systems }) => {
          const label = `${dayOf(value)}: ${count(systems, 'system')}`;
          return (
            <li key={value}>
              <button
                type="button"
                title={label}
                aria-label={label}
                aria-pressed={choiceOf(asked.value.narrow, 'crawled', value) === 'chosen'}
                onClick={() => toggle('crawled', value, 'chosen')}
              >
                <span style={{ height: `${Math.max(2, Math.round((HEIGHT * systems) / most))}px` }} />
              </button>
            </li>
          );
        })}
      </ul>
      <p class="ends">
        <span>{dayOf(days[0]?.value)}</span>
        {days.length > 1 && <span>{dayOf(days.at(-1)?.value)}</span>}
      </p>
      {earlier > 0 && <p class="dim">{earlier.toLocaleString('en-US')} more days</p>}
    </div>
  );
}

/** The day that an instant begins. */
function dayOf(value = ''): string {
  return value.slice(0, 10);
}
