// Two systems, or one at two instants, side by side.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { search } from '../api.ts';
import { pathWith, visit } from '../location.ts';
import { systemApiPath } from '../system-path.ts';
import type { ViewProperties } from '../view-properties.ts';
import { condition } from '../words.ts';
import { Differences } from './differences.tsx';
import '../views.css';

/** Systems that are offered while somebody types. */
const OFFERED = 20;
/** While somebody types, a question waits so long for the next letter. */
const PAUSE_MS = 150;
/** Of two systems all files differ: what is compared where nobody says which. */
const USUAL_PATHS = '/etc/**';

const FEATURES = 'os,package,interface,connection,process,file';

/** The ends of a comparison as the address has them. */
const NAMES = ['one', 'from', 'other', 'to', 'paths'] as const;
type Ends = Readonly<Record<(typeof NAMES)[number], string>>;

/** The view. */
export function CompareView({ address }: ViewProperties) {
  const ends = endsOf(address);
  const { one, from, other, to, paths } = ends;
  document.title = 'Compare · Unfold';
  const isTwo = other !== '' && other !== one;
  const wanted = {
    ...(isTwo ? { with: other } : {}),
    ...(from === '' ? {} : { from }),
    ...(to === '' ? {} : { to }),
    ...(isTwo || paths !== '' ? { feature: FEATURES, path: paths === '' ? USUAL_PATHS : paths } : {}),
  };
  return (
    <section class="view" aria-labelledby="title">
      <h1 id="title" class="unseen">
        Compare
      </h1>
      <CompareForm key={address.search.replace(/[?&]feature=[^&]*/, '')} ends={ends} />
      {one === '' ? (
        <p class="dim">
          Two systems, or one at two instants: what came, what went, what changed, line by line.
        </p>
      ) : (
        <Differences path={systemApiPath(one, '/diff')} parameters={wanted} />
      )}
    </section>
  );
}

function endsOf({ searchParams }: URL): Ends {
  const entries = NAMES.map((name) => [name, searchParams.get(name) ?? ''] as const);
  return Object.fromEntries(entries) as Ends;
}

function CompareForm({ ends }: { ends: Ends }) {
  const draft = useSignal(ends);
  const field = (name: keyof Ends) => ({
    value: draft.value[name],
    onChange: (text: string): void => {
      draft.value = { ...draft.value, [name]: text };
    },
  });
  const send = (): void => {
    const filled = Object.entries(draft.value).filter(([, value]) => value.trim() !== '');
    visit(pathWith('/compare', new URLSearchParams(filled)));
  };
  return (
    <form
      class="card fields"
      aria-label="Compare"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        send();
      }}
    >
      <SystemField title="System" hint="name or id" {...field('one')} />
      <Field title="As of" hint="now, 2026-11-22, now-7d" {...field('from')} />
      <SystemField title="Against" hint="the same" {...field('other')} />
      <Field title="As of (against)" hint="now" {...field('to')} />
      <Field
        title="Files"
        hint={draft.value.other === '' ? 'all, or /etc/**' : USUAL_PATHS}
        {...field('paths')}
      />
      <button type="submit" class="primary">
        Compare
      </button>
    </form>
  );
}

/** The properties of a field. */
interface FieldProperties {
  readonly title: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly list?: string;
}

function Field({ title, hint, value, onChange, list }: FieldProperties) {
  return (
    <label>
      <span>{title}</span>
      <input
        type="text"
        list={list}
        spellcheck={false}
        autocomplete="off"
        placeholder={hint}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </label>
  );
}

/** A field that offers the systems whose names have what is typed. */
function SystemField(properties: FieldProperties) {
  const offered = useSignal<readonly { readonly id: string; readonly name: string }[]>([]);
  const { title, value } = properties;
  useEffect(() => {
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      const query = value === '' ? '' : condition('system', `${value}*`).replaceAll('"', '');
      const found = await search({ query, limit: OFFERED, evidence: 0 }, asking.signal);
      offered.value = found.systems.map(({ system }) => system);
    };
    // Without offers the field does as well.
    const pause = setTimeout(() => void ask().catch(() => undefined), PAUSE_MS);
    return () => {
      clearTimeout(pause);
      asking.abort();
    };
  }, [value]);
  const list = `systems-${title.replaceAll(' ', '-')}`;
  return (
    <>
      <Field {...properties} list={list} />
      <datalist id={list}>
        {offered.value.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
