// The answer for somebody else: as a link, for the command line, for curl, as a file. Relative times are what they stood for.
import { useSignal } from '@preact/signals';
import type { Answer } from '../../schemas/answer.ts';
import { absolute, absoluteTimes } from './absolute.ts';
import { searchPath } from './api.ts';
import { pathOf } from './asked.ts';
import { asked } from './state.ts';

/** How long the button says that it is done. */
const THANKS_MS = 1500;

/** The buttons. */
export function Share({ answer }: { answer: Answer }) {
  const { narrow, at: written } = asked.value;
  const query = absoluteTimes(answer.query, answer.at);
  const at = absolute(written, answer.at);
  const command = ['unfold search', shell(query)];
  for (const condition of narrow) command.push(`--narrow ${shell(condition)}`);
  if (at !== '') command.push(`--at ${at}`);
  const api = searchPath({ query, narrow, at, limit: 20 });
  return (
    <CopyButtons
      label="Copy this search"
      forms={[
        ['Link', `${location.origin}${pathOf({ query, narrow, at })}`],
        ['CLI', command.join(' ')],
        ['curl', `curl -s ${shell(`${location.origin}${api}`)}`],
      ]}
    />
  );
}

/** The properties of the buttons. */
interface CopyProperties {
  readonly label: string;
  /** Names, and what each copies. */
  readonly forms: readonly (readonly [string, string])[];
}

/** Buttons that copy texts. */
export function CopyButtons({ label, forms }: CopyProperties) {
  const copied = useSignal('');
  const say = (text: string): void => {
    copied.value = text;
    setTimeout(() => (copied.value = ''), THANKS_MS);
  };
  return (
    <span class="share" role="group" aria-label={label}>
      {forms.map(([name, text]) => (
        <button
          key={name}
          type="button"
          class="quiet"
          title={text}
          onClick={() =>
            void navigator.clipboard.writeText(text).then(
              () => say(`${name} Copied`),
              () => say(`${name} Refused`),
            )
          }
        >
          {copied.value.startsWith(`${name} `) ? copied.value.slice(name.length + 1) : name}
        </button>
      ))}
    </span>
  );
}

/** A word for a shell. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
