// What can be asked, and which keys there are.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Field } from './api.ts';
import { reference } from './state.ts';

const isOpen = signal(false);

/** Opens the help, or closes it. */
export function toggleHelp(): void {
  isOpen.value = !isOpen.value;
}

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'to the search box'],
  ['j  k', 'next and previous system, or row of a table'],
  ['Enter', 'all evidence of the system; where a row leads to'],
  ['Esc', 'leave the box, close this'],
  ['?', 'this'],
];

/** The help, as a dialog. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const { syntax = [], types = [], fields = [] } = reference.value ?? {};
  useEffect(() => {
    if (isOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen.value]);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={() => (isOpen.value = false)}>
      <div class="help">
        <button type="button" class="quiet close" aria-label="Close" onClick={toggleHelp}>
          ×
        </button>
        <h2 id="help-title">How to ask</h2>
        <Table rows={syntax.map(({ query, finds }) => [query, finds] as const)} />
        <h3>Fields</h3>
        <Table rows={fields.map(({ example, description }) => [example, description] as const)} />
        <h3>Their values</h3>
        <Table rows={types.map(({ type, values }) => [typeExample(type, fields), values] as const)} />
        <h3>Keys</h3>
        <Table rows={KEYS} />
      </div>
    </dialog>
  );
}

/** The other ways to ask for the value of a field of the type. */
function typeExample(type: Field['type'], fields: readonly Field[]): string {
  const { examples = [] } = fields.find((field) => field.type === type) ?? {};
  return examples.slice(1).join('  ');
}

function Table({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl>
      {rows.map(([term, meaning]) => (
        <div key={term}>
          <dt>
            <code>{term}</code>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
