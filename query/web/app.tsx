// The page as a whole: a header that is always there, and below it the view that the address names.
import { useEffect } from 'preact/hooks';
import { Answered } from './answered.tsx';
import { CoverageStrip } from './coverage-strip.tsx';
import { Help, toggleHelp } from './help.tsx';
import { listenToKeys } from './keys.ts';
import { Link } from './link.tsx';
import { address } from './location.ts';
import { pathOf } from './asked.ts';
import { ProblemCard } from './problem.tsx';
import { SearchBox } from './search-box.tsx';
import { answer, asked, begin, everything, fields, isAsking, isSearching, problem } from './state.ts';
import { LoadedView } from './views.tsx';

const LINKS = [
  ['/lookup', 'Lookup'],
  ['/compare', 'Compare'],
  ['/coverage', 'Coverage'],
] as const;

/** The page. */
export function App() {
  useEffect(() => {
    void begin();
    return listenToKeys();
  }, []);
  const isFirst = isSearching.value && asked.value.query === null;
  return (
    <div class={isFirst ? 'page first' : 'page'}>
      <div class="progress" data-on={isAsking.value} aria-hidden="true" />
      <header>
        <Link class="name" to="/">
          <Mark />
          Unfold
        </Link>
        <SearchBox />
        <nav aria-label="Views">
          {LINKS.map(([to, title]) => (
            <Link key={to} to={to} current={address.value.pathname === to}>
              {title}
            </Link>
          ))}
          <button type="button" class="quiet help-button" onClick={toggleHelp} aria-label="Help and keys">
            ?
          </button>
        </nav>
      </header>
      <main>{isSearching.value ? <Search isFirst={isFirst} /> : <LoadedView address={address.value} />}</main>
      <footer>
        <a href="/reference">API reference</a>
        <a href="/openapi.json">OpenAPI</a>
      </footer>
      <Help />
    </div>
  );
}

function Search({ isFirst }: { isFirst: boolean }) {
  return (
    <>
      {problem.value !== null && <ProblemCard problem={problem.value} />}
      {isFirst ? <First /> : answer.value !== null && <Answered answer={answer.value} />}
    </>
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
            <Link to={pathOf({ query: example, narrow: [], at: '' })}>{example}</Link>
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
