// The instant that a view shows: now, one that is picked from a slider, or one that is written.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ago, instant } from './words.ts';

const HOUR_MS = 3_600_000;
/** Hours back that the slider reaches where there are no stops. */
const SLIDER_HOURS = 24 * 14;

/** The properties of the picker. */
interface PickerProperties {
  /** As the address has it: empty for now. */
  readonly at: string;
  /** The instant that is shown. */
  readonly shown: string;
  /** Where the slider stops, oldest first, such as the crawls of a system; without them it stops at every hour. */
  readonly stops?: readonly string[];
  /** Whether the query says the instant, and nothing here can. */
  readonly fixed?: boolean;
  readonly onPick: (at: string) => void;
}

/** A button that says the instant, and what picks another below it. */
export function InstantPicker({ at, shown, stops = [], fixed = false, onPick }: PickerProperties) {
  const details = useRef<HTMLDetailsElement>(null);
  const isPast = at !== '' || fixed;
  useEffect(() => closeOutside(details.current), []);
  if (fixed) return <span class="dim">as of {instant(shown)}</span>;
  return (
    <details
      class="instant"
      ref={details}
      data-past={isPast}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.open = false;
      }}
    >
      <summary>
        as of {isPast ? instant(shown) : 'now'}
        <span aria-hidden="true"> ▾</span>
      </summary>
      <div class="picker">
        <Slider at={at} shown={shown} stops={stops} onPick={onPick} />
        <label>
          <span>Instant (UTC)</span>
          <input
            type="datetime-local"
            step={1}
            value={shown.slice(0, 19)}
            onChange={({ currentTarget: { value } }) => {
              if (value !== '') onPick(`${value.length === 16 ? `${value}:00` : value}Z`);
            }}
          />
        </label>
        <p class="quick">
          {(['now-1h', 'yesterday', 'now-7d'] as const).map((one) => (
            <button
              type="button"
              class="quiet"
              key={one}
              aria-pressed={at === one}
              onClick={() => onPick(one)}
            >
              {{ 'now-1h': '1 h ago', yesterday: 'Yesterday', 'now-7d': '7 days ago' }[one]}
            </button>
          ))}
          <button type="button" class="quiet" aria-pressed={at === ''} onClick={() => onPick('')}>
            Now
          </button>
        </p>
      </div>
    </details>
  );
}

function Slider({ shown, stops, at, onPick }: Omit<PickerProperties, 'fixed'>) {
  const moved = useSignal<number | null>(null);
  const now = Date.now();
  const last = stops === undefined || stops.length === 0 ? SLIDER_HOURS : stops.length;
  // The last place is now.
  const instantAt = (place: number): string => {
    if (place >= last) return '';
    const stop = stops?.[place];
    return stop ?? new Date(now - (last - place) * HOUR_MS).toISOString().replace(/\.\d+/, '');
  };
  const place =
    at === ''
      ? last
      : stops === undefined || stops.length === 0
        ? Math.max(0, last - Math.round((now - Date.parse(shown)) / HOUR_MS))
        : Math.max(
            0,
            stops.findLastIndex((stop) => stop <= shown),
          );
  const current = moved.value ?? place;
  const text = current >= last ? 'now' : `${instant(instantAt(current))}, ${ago(instantAt(current))}`;
  return (
    <label>
      <span>
        {stops !== undefined && stops.length > 0 ? 'Crawl: ' : ''}
        <output>{text}</output>
      </span>
      <input
        type="range"
        min={0}
        max={last}
        value={current}
        aria-label="Instant"
        aria-valuetext={text}
        onInput={({ currentTarget }) => (moved.value = Number(currentTarget.value))}
        onChange={({ currentTarget }) => {
          moved.value = null;
          onPick(instantAt(Number(currentTarget.value)));
        }}
      />
    </label>
  );
}

/** Closes the picker when somebody clicks elsewhere; returns what ends that. */
function closeOutside(picker: HTMLDetailsElement | null): () => void {
  const onClick = ({ target }: MouseEvent): void => {
    if (picker !== null && target instanceof Node && !picker.contains(target)) picker.open = false;
  };
  document.addEventListener('click', onClick);
  return () => document.removeEventListener('click', onClick);
}
