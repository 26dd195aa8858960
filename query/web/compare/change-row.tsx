// One thing that differs: what it is, which of its fields differ and how, and of a text the lines.
import type { Change, TextChange } from '../../../schemas/comparison.ts';
import { Linked } from '../linked.tsx';

const SIGNS = { added: '+', removed: '−', changed: '±' } as const;

const OMITTED: Readonly<Record<string, string>> = {
  binary: 'binary: no text',
  'too-large': 'too large to be kept as text',
  credential: 'credentials, which are never kept',
  'not-read': 'text not read',
  'too-different': 'too different to be shown by lines',
};

/** The change. */
export function ChangeRow({ change }: { change: Change }) {
  const { key, change: kind, from, to, fields, action, times, text } = change;
  const name = titleOf(change);
  return (
    <li data-change={kind} data-row tabIndex={-1}>
      <p class="change">
        <span class="sign" aria-label={kind}>
          {SIGNS[kind]}
        </span>
        <code title={key}>{name}</code>
        {action !== undefined && <span class="tag">{action}</span>}
        {times !== undefined && times > 1 && <span class="tag">{times} times</span>}
        {kind === 'changed' ? (
          fields
            .filter((field) => field !== 'content' && field !== 'hash')
            .map((field) => (
              <span class="field" key={field}>
                <span class="dim">{field}</span>{' '}
                <del>
                  <Linked text={shown(from, field)} />
                </del>{' '}
                →{' '}
                <ins>
                  <Linked text={shown(to, field)} />
                </ins>
              </span>
            ))
        ) : (
          <span class="dim">{aboutOf(to ?? from)}</span>
        )}
      </p>
      {text !== undefined && <Text text={text} />}
    </li>
  );
}

function Text({ text }: { text: TextChange }) {
  if (text.kind === 'same') return <p class="dim">Only its bytes differ, not its text.</p>;
  if (text.kind === 'omitted') return <p class="dim">{OMITTED[text.reason]}</p>;
  return (
    <pre class="unified" tabIndex={0}>
      {text.unified
        .replace(/\n$/, '')
        .split('\n')
        .map((line, index) => (
          <span key={index} data-line={line.charAt(0)}>
            <Linked text={line} />
            {'\n'}
          </span>
        ))}
    </pre>
  );
}

type Entry = Change['from'];

/** What people call it: a path, a package, a command line. */
function titleOf({ feature, key, from, to }: Change): string {
  const entry = to ?? from ?? {};
  const name =
    feature === 'process' ? entry['command_line'] : feature === 'package' ? entry['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : key;
}

/** Of something that came or went: what tells it apart. */
function aboutOf(entry: Entry): string {
  const told = [entry?.['version'], entry?.['type'] === 'deb' ? undefined : entry?.['type'], entry?.['mode']];
  return told.filter((one) => typeof one === 'string').join(' ');
}

function shown(entry: Entry, field: string): string {
  const value = field.split('.').reduce<unknown>((part, name) => (part as Entry)?.[name], entry);
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return value.map((one) => textOf(one)).join(', ');
  return textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
