// The answer to a lookup as a file, with all of its evidence, and as a link, a command or a request for others.
import { useSignal } from '@preact/signals';
import type { LookupAnswer } from '../../../schemas/answer.ts';
import { CSV_HEADER, csvRows } from '../../csv.ts';
import { absolute } from '../absolute.ts';
import { fetched, problemOf } from '../api.ts';
import { CopyButtons, shell } from '../share.tsx';
import { lookupBody, lookupPathOf, type AskedLookup } from './asked-lookup.ts';

const HEADERS = { 'content-type': 'application/json' };

/** Writers of files by the ending of their names. */
const FORMATS: Readonly<Record<string, (answer: LookupAnswer) => BlobPart[]>> = {
  csv: ({ lookups }) => [
    CSV_HEADER,
    ...lookups.flatMap(({ asked, systems }) => systems.map((hit) => csvRows(asked, hit))),
  ],
  json: (answer) => [JSON.stringify(answer, null, 2)],
};

/** The buttons. */
export function Export({ answer, asked }: { answer: LookupAnswer; asked: AskedLookup }) {
  const failure = useSignal('');
  const fixed = fixedTimes(asked, answer);
  const body = lookupBody(fixed, 'all') ?? '';
  const save = async (format: string): Promise<void> => {
    try {
      const full = await fetched<LookupAnswer>('/v1/lookup', { method: 'POST', headers: HEADERS, body });
      download(`lookup-${answer.at.slice(0, 10)}.${format}`, FORMATS[format]?.(full) ?? []);
      failure.value = '';
    } catch (error) {
      failure.value = problemOf(error).message;
    }
  };
  return (
    <>
      <span class="share">
        {Object.keys(FORMATS).map((format) => (
          <button type="button" class="quiet" key={format} onClick={() => void save(format)}>
            ↓ {format.toUpperCase()}
          </button>
        ))}
      </span>
      <CopyButtons
        label="Copy this lookup"
        forms={[
          ['Link', `${location.origin}${lookupPathOf(fixed)}`],
          ['CLI', command(fixed)],
          [
            'curl',
            `curl -s -H 'content-type: application/json' -d ${shell(body)} ${shell(`${location.origin}/v1/lookup`)}`,
          ],
        ]}
      />
      {failure.value !== '' && (
        <span class="failed" role="alert">
          {failure.value}
        </span>
      )}
    </>
  );
}

/** With relative times as the instants that they stood for. */
function fixedTimes(asked: AskedLookup, answer: LookupAnswer): AskedLookup {
  return { ...asked, from: absolute(asked.from, answer.from ?? ''), to: absolute(asked.to, answer.at) };
}

function command({ items, match, roles, names, reconcile, scope, from, to }: AskedLookup): string {
  const options: (readonly [string, string])[] = [
    ['--match', match === 'any' ? '' : match],
    ...roles.map((role) => ['--role', role] as const),
    ['--reconcile', reconcile],
    ['--scope', scope],
    ['--from', from],
    [from === '' ? '--at' : '--to', to],
  ];
  return [
    'unfold lookup',
    ...items.split('\n').map(shell),
    ...options.filter(([, value]) => value !== '').map(([name, value]) => `${name} ${shell(value)}`),
    ...(names ? ['--names'] : []),
  ].join(' ');
}

function download(name: string, parts: BlobPart[]): void {
  const url = URL.createObjectURL(new Blob(parts));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser still reads it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
