// The page as a whole: a first page with the box alone, then the box above an answer.
import { useEffect } from 'preact/hooks';
import { Answered } from './answered.tsx';
import { CoverageStrip } from './coverage.tsx';
import { Help, toggleHelp } from './help.tsx';
import { listenToKeys } from './keys.ts';
import { go } from './location.ts';
import { ProblemCard } from './problem.tsx';
import { SearchBox } from './search-box.tsx';
import { answer, begin, everything, fields, isAsking, problem, query } from './state.ts';

/** The page. */
export function App() {
  useEffect(() => {
    void begin();
    return listenToKeys();
  }, []);
  const isFirst = query.value === null;
  return (
    <div class={isFirst ? 'page first' : 'page'}>
      <div class="progress" data-on={isAsking.value} aria-hidden="true" />
      <header>
        <a
          class="name"
          href="/"
          onClick={(event) => {
            event.preventDefault();
            go(null);
          }}
        >
          <Mark />
          Unfold
        </a>
        <SearchBox />
        <button type="button" class="quiet help-button" onClick={toggleHelp} aria-label="Help and keys">
          ?
        </button>
      </header>
      <main>
        {problem.value !== null && <ProblemCard problem={problem.value} />}
        {isFirst ? <First /> : answer.value !== null && <Answered answer={answer.value} />}
      </main>
      <footer>
        <a href="/reference">API reference</a>
        <a href="/openapi.json">OpenAPI</a>
      </footer>
      <Help />
    </div>
  );
}

/** Below the box of the first page: what can be asked, and of how much. */
function First() {
  const examples = fields.value.filter(({ name }) => ['package', 'path', 'content'].includes(name));
  return (
    <section class="welcome">
      <h1 class="lead">Search your data center like the Web</h1>
      <ul class="examples" aria-label="Examples">
        {['10.20.30.40', '10.20.0.0/16', ...examples.map(({ example }) => example)].map((example) => (
          <li key={example}>
            <a
              href={`/?${new URLSearchParams({ q: example })}`}
              onClick={(event) => {
                event.preventDefault();
                go(example);
              }}
            >
              {example}
            </a>
          </li>
        ))}
      </ul>
      {everything.value !== null && <CoverageStrip coverage={everything.value} />}
    </section>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <path d="M4 9.500 16 4l12 5.500L16 15Z" fill="currentColor" />
      <path d="M4 16l12 5.500L28 16v3.400L16 25 4 19.400Z" fill="currentColor" opacity=".65" />
      <path d="M4 22.600l12 5.400 12-5.400V21l-12 5.500L4 21Z" fill="currentColor" opacity=".35" />
    </svg>
  );
}
