// What can be asked, and which keys there are.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { fields } from './state.ts';

const isOpen = signal(false);

/** Opens the help, or closes it. */
export function toggleHelp(): void {
  isOpen.value = !isOpen.value;
}

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'to the search box'],
  ['j  k', 'next and previous system'],
  ['Enter', 'all evidence of the system'],
  ['Esc', 'leave the box, close this'],
  ['?', 'this'],
];

const SYNTAX: readonly (readonly [string, string])[] = [
  ['nginx 10.20.30.40', 'both, anywhere on the system'],
  ['"listen 443"', 'words in this order'],
  ['10.20.0.0/16', 'addresses in a network, and networks that cover it'],
  ['package:nginx', 'a field; * and ? in its value'],
  ['-path:/tmp/*  NOT x', 'without'],
  ['a OR b, (…)', 'either'],
  ['at:yesterday', 'as it was then: 2026-11-22, now-1d'],
];

/** The help, as a dialog. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
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
        <Table rows={SYNTAX} />
        <h3>Fields</h3>
        <Table rows={fields.value.map(({ example, description }) => [example, description] as const)} />
        <h3>Keys</h3>
        <Table rows={KEYS} />
      </div>
    </dialog>
  );
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
