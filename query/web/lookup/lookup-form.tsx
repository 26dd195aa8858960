// What is asked of a lookup: the list, and how what is written has to be related to it.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { MatchMode, Reconciliation } from '../../../schemas/answer.ts';
import { visit } from '../location.ts';
import { lookupPathOf, MATCH_MODES, RECONCILIATIONS, ROLES, type AskedLookup } from './asked-lookup.ts';

/** The form; it asks when it is sent, with the button or Ctrl+Enter. */
export function LookupForm({ asked }: { asked: AskedLookup }) {
  const draft = useSignal(asked);
  const change = (changes: Partial<AskedLookup>): void => {
    draft.value = { ...draft.value, ...changes };
  };
  const { items, match, roles, names, reconcile, scope, from, to } = draft.value;
  const send = (): void => visit(lookupPathOf(draft.value));
  return (
    <form
      class="card lookup-form"
      aria-label="Lookup"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
      }}
    >
      <label class="list">
        <span>Addresses, networks, ranges, names, ports</span>
        <textarea
          rows={6}
          spellcheck={false}
          placeholder={'10.20.30.40\n10.20.0.0/16\n10.20.1.1-10.20.1.9\ndb1.example.org\n:5432'}
          value={items}
          onInput={({ currentTarget }) => change({ items: currentTarget.value })}
        />
      </label>
      <div class="options">
        <label>
          <span>Match</span>
          <select
            value={match}
            onChange={({ currentTarget }) => change({ match: currentTarget.value as MatchMode })}
          >
            {MATCH_MODES.map((mode) => (
              <option key={mode} value={mode}>
                {mode === 'any' ? 'any relation' : mode}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Reconcile</span>
          <select
            value={reconcile}
            onChange={({ currentTarget }) =>
              change({ reconcile: currentTarget.value as Reconciliation | '' })
            }
          >
            <option value="">nothing</option>
            {RECONCILIATIONS.map((one) => (
              <option key={one} value={one}>
                {one.replaceAll('-', ' ')}
              </option>
            ))}
          </select>
        </label>
        <Text
          title="Among"
          hint="all systems, or label:env=prod"
          value={scope}
          onChange={(text) => change({ scope: text })}
        />
        <Text title="From" hint="window: now-7d" value={from} onChange={(text) => change({ from: text })} />
        <Text
          title={from === '' ? 'As of' : 'To'}
          hint="now, 2026-11-22"
          value={to}
          onChange={(text) => change({ to: text })}
        />
        <fieldset>
          <legend>Roles</legend>
          {ROLES.map((role) => (
            <Check
              key={role}
              title={role}
              checked={roles.includes(role)}
              onChange={(isOn) =>
                change({ roles: ROLES.filter((one) => (one === role ? isOn : roles.includes(one))) })
              }
            />
          ))}
        </fieldset>
        <Check
          title="also by the names of the addresses"
          checked={names}
          onChange={(isOn) => change({ names: isOn })}
        />
      </div>
      <p class="send">
        <button type="submit" class="primary">
          Look up
        </button>
        <span class="dim">
          Ctrl+Enter · no role: any role · everything here is in the address of the page
        </span>
      </p>
    </form>
  );
}

/** The properties of a field for text. */
interface TextProperties {
  readonly title: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function Text({ title, hint, value, onChange }: TextProperties): JSX.Element {
  return (
    <label>
      <span>{title}</span>
      <input
        type="text"
        spellcheck={false}
        autocomplete="off"
        placeholder={hint}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value.trimStart())}
      />
    </label>
  );
}

/** The properties of a box. */
interface CheckProperties {
  readonly title: string;
  readonly checked: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Check({ title, checked, onChange }: CheckProperties): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>{title}</span>
    </label>
  );
}
