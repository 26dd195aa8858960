// One file of a system: what the crawl saw of it, and its text with addresses as links.
import { useEffect, useRef } from 'preact/hooks';
import type { FactsAnswer } from '../../../schemas/api.ts';
import type { FileEntry } from '../../../schemas/entries.ts';
import { useTexts } from '../fetched.ts';
import { Linked } from '../linked.tsx';
import { parameters } from '../location.ts';
import { ProblemCard } from '../problem.tsx';
import { bytes, instant } from '../words.ts';
import { factsPath } from './facts-path.ts';
import { Pairs } from './pairs.tsx';

/** Lines that are shown; the API has all of a text. */
const LINES = 5000;

const WHY_NOT: Readonly<Record<string, string>> = {
  'too-large': 'It is too large to be kept as text.',
  binary: 'It is binary.',
  unreadable: 'The crawl could not read it.',
  torn: 'It changed while it was read.',
  credential: 'It holds credentials, which are never kept.',
  'not-read': 'Files like this are not read.',
};

/** The properties of a file. */
interface FileProperties {
  readonly id: string;
  readonly at: string;
  readonly path: string;
}

/** The file; without its text where the token does not allow that. */
export function FileDetail({ id, at, path }: FileProperties) {
  const wanted = { feature: 'file', key: path, at, limit: 1 } as const;
  const { data, problem, hasTexts } = useTexts<FactsAnswer>(
    factsPath(id, { ...wanted, texts: true }),
    factsPath(id, wanted),
  );
  if (problem !== null) return <ProblemCard problem={problem} />;
  if (data === null) return null;
  const [fact] = data.facts;
  if (fact === undefined) return <p class="card">No file is known at this path then.</p>;
  const file = fact.entry as unknown as FileEntry;
  const { content, skipped = '' } = file;
  return (
    <>
      <section class="card">
        <Pairs class="flow" rows={rowsOf(file, fact.validFrom)} />
      </section>
      {content !== undefined && <Text text={content.text} at={at} />}
      {content === undefined && (
        <p class="card">
          {hasTexts ? (WHY_NOT[skipped] ?? 'It has no text.') : 'Your token does not allow to read texts.'}
        </p>
      )}
      {content?.truncated === true && <p class="dim">Only the beginning of the text was kept.</p>}
    </>
  );
}

function rowsOf(file: FileEntry, since: string): [string, string | undefined][] {
  const { type, size, mode, owner, group, mtime, hash, package: from, target_path: target } = file;
  return [
    ['Type', type],
    ['Target', target],
    ['Size', bytes(size)],
    ['Mode', `${mode} ${owner ?? file.uid}:${group ?? file.gid}`],
    ['Modified', instant(mtime)],
    ['Package', from && `${from.name}${from.modified === true ? ', modified' : ''}`],
    ['SHA-256', hash?.sha256],
    ['Like this since', instant(since)],
  ];
}

/** Numbered lines; the one that the address names is marked and scrolled to. */
function Text({ text, at }: { text: string; at: string }) {
  const marked = useRef<HTMLLIElement>(null);
  const line = Number(parameters.value.get('line'));
  useEffect(() => marked.current?.scrollIntoView({ block: 'center' }), [line]);
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Text">
      <ol class="text-lines">
        {lines.slice(0, LINES).map((one, index) => (
          <li
            key={index}
            ref={index + 1 === line ? marked : null}
            data-marked={index + 1 === line || undefined}
          >
            <code>
              <Linked text={one} at={at} />
            </code>
          </li>
        ))}
      </ol>
      {lines.length > LINES && (
        <p class="dim">and {(lines.length - LINES).toLocaleString('en-US')} more lines</p>
      )}
    </div>
  );
}
