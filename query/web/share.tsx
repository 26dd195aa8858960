// The answer for somebody else: as a link, for the command line, for curl.
import { useSignal } from '@preact/signals';
import type { Answer } from '../../schemas/answer.ts';
import { searchPath } from './api.ts';
import { pathOf } from './location.ts';

/** How long the button says that it is done. */
const THANKS_MS = 1500;

/** The buttons. */
export function Share({ answer }: { answer: Answer }) {
  const copied = useSignal('');
  const query = absolute(answer);
  const forms: readonly (readonly [string, string])[] = [
    ['Link', `${location.origin}${pathOf(query)}`],
    ['CLI', `unfold search ${shell(query)}`],
    ['curl', `curl -s ${shell(`${location.origin}${searchPath({ query, limit: 20 })}`)}`],
  ];
  return (
    <span class="share" role="group" aria-label="Copy this search">
      {forms.map(([name, text]) => (
        <button
          key={name}
          type="button"
          class="quiet"
          title={text}
          onClick={() =>
            void navigator.clipboard.writeText(text).then(() => {
              copied.value = name;
              setTimeout(() => (copied.value = ''), THANKS_MS);
            })
          }
        >
          {copied.value === name ? 'Copied' : name}
        </button>
      ))}
    </span>
  );
}

/** The query with `at:now-1d` and its kin as the instant that they stood for. */
function absolute({ query, at }: Answer): string {
  return query.replace(/\bat:(?:now-\w+|yesterday|today|now)\b/gi, `at:${at}`);
}

/** A word for a shell. */
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
