// The box: a combobox that completes fields, and values of the answer that is shown.
import { useComputed, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { completions, completed, type Completion } from './completion.ts';
import { go } from './asked.ts';
import { answer, ask, asked, askSoon, fields, isSearching, query } from './state.ts';

/** The box with its list. */
export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const caret = useSignal<number | null>(null);
  const active = useSignal(-1);
  const options = useComputed<readonly Completion[]>(() =>
    caret.value === null
      ? []
      : completions(query.value ?? '', caret.value, fields.value, answer.value?.facets ?? []),
  );
  const close = (): void => {
    caret.value = null;
    active.value = -1;
  };
  const take = (option: Completion): void => {
    const text = completed(query.value ?? '', option);
    askSoon(text.query);
    requestAnimationFrame(() => {
      input.current?.setSelectionRange(text.caret, text.caret);
      caret.value = text.caret;
      active.value = -1;
    });
  };
  const move = (step: 1 | -1): void => {
    const { length } = options.value;
    active.value = active.value < 0 && step < 0 ? length - 1 : (active.value + step + length) % length;
  };
  const submit = (): void => {
    close();
    const text = input.current?.value ?? '';
    const wanted = isSearching.value ? { ...asked.value, query: text } : { query: text, narrow: [], at: '' };
    if (isSearching.value && text === asked.value.query) void ask(wanted);
    else go(wanted);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const option = options.value[active.value];
    const isListed = options.value.length > 0;
    const actions: Record<string, (() => void) | false | undefined> = {
      ArrowDown: isListed && (() => move(1)),
      ArrowUp: isListed && (() => move(-1)),
      Escape: isListed && close,
      Tab: option && (() => take(option)),
      Enter: option ? () => take(option) : submit,
    };
    const action = actions[event.key];
    if (action === undefined || action === false) return;
    event.preventDefault();
    action();
  };
  return (
    <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        ref={input}
        id="query"
        type="text"
        role="combobox"
        aria-label="Search"
        aria-expanded={options.value.length > 0}
        aria-controls="completions"
        aria-autocomplete="list"
        aria-activedescendant={active.value >= 0 ? `completion-${active.value}` : undefined}
        placeholder="Address, word, package:name, path:/etc/*"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        autofocus={isSearching.value}
        maxLength={4096}
        value={query.value ?? ''}
        onInput={({ currentTarget }) => {
          caret.value = currentTarget.selectionStart;
          active.value = -1;
          askSoon(currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <kbd aria-hidden="true">/</kbd>
      <ul id="completions" role="listbox" aria-label="Completions" hidden={options.value.length === 0}>
        {options.value.map((option, index) => (
          <li
            key={option.text}
            id={`completion-${index}`}
            role="option"
            aria-selected={index === active.value}
            onMouseDown={(event) => {
              event.preventDefault();
              take(option);
            }}
          >
            <code>{option.text}</code>
            <span class="dim">{option.about}</span>
          </li>
        ))}
      </ul>
    </form>
  );
}
