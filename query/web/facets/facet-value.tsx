// A value of a facet: a box that chooses it, the systems that have it, and a button that excludes it.
import { asked } from '../state.ts';
import { choiceOf, toggle } from './narrowing.ts';

/** The properties of a value. */
interface ValueProperties {
  readonly field: string;
  readonly value: string;
  /** What is shown of it. */
  readonly text?: string;
  /** Null where they were not counted. */
  readonly systems: number | null;
}

/** The value. */
export function FacetValue({ field, value, text = value, systems }: ValueProperties) {
  const choice = choiceOf(asked.value.narrow, field, value);
  const isExcluded = choice === 'excluded';
  return (
    <span class="value" data-choice={choice}>
      <label title={value}>
        <input
          type="checkbox"
          checked={choice === 'chosen'}
          aria-label={isExcluded ? `${value}, excluded` : value}
          onChange={() => toggle(field, value, 'chosen')}
        />
        <bdi class="text">{text}</bdi>
        <span class="number">{systems?.toLocaleString('en-US') ?? ''}</span>
      </label>
      <button
        type="button"
        class="exclude"
        aria-pressed={isExcluded}
        aria-label={`Without ${value}`}
        title={`Without ${value}`}
        onClick={() => toggle(field, value, 'excluded')}
      >
        −
      </button>
    </span>
  );
}
