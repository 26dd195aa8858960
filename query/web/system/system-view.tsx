// One system: what it is, how far it is known, and all that is known of it, as of any instant.
import type { SystemAnswer } from '../../../schemas/api.ts';
import type { Log } from '../../../schemas/comparison.ts';
import { CoverageStrip } from '../coverage-strip.tsx';
import { useFetched } from '../fetched.ts';
import { InstantPicker } from '../instant-picker.tsx';
import { Link } from '../link.tsx';
import { changed, visit } from '../location.ts';
import { ProblemCard } from '../problem.tsx';
import { CopyButtons, shell } from '../share.tsx';
import { systemApiPath, systemPath } from '../system-path.ts';
import type { ViewProperties } from '../view-properties.ts';
import { age, condition, instant } from '../words.ts';
import { Connections, Packages, Processes } from './entry-tabs.tsx';
import { Files } from './files.tsx';
import { History } from './history.tsx';
import { Overview } from './overview.tsx';
import type { TabProperties } from './tab-properties.ts';
import '../views.css';

/** Crawls that the slider stops at. */
const STOPS = 200;

const TABS = ['overview', 'files', 'packages', 'processes', 'connections', 'history'] as const;
type Tab = (typeof TABS)[number];

/** The view. */
export function SystemView({ address }: ViewProperties) {
  const id = idOf(address);
  const at = address.searchParams.get('at') ?? '';
  const asOf = at === '' ? '' : `?${new URLSearchParams({ at })}`;
  const { data, problem } = useFetched<SystemAnswer>(systemApiPath(id, asOf));
  const log = useFetched<Log>(systemApiPath(id, `/frames?limit=${STOPS}`)).data;
  const tab = TABS.find((one) => one === address.searchParams.get('tab')) ?? 'overview';
  document.title = `${data?.system.name ?? id} · Unfold`;
  if (problem !== null) return <ProblemCard problem={problem} />;
  if (data === null) return null;
  return (
    <section class="view" aria-labelledby="title">
      <Identity known={data} at={at} tab={tab} log={log} />
      <nav class="tabs" aria-label="Parts of the system">
        {TABS.map((one) => (
          <Link
            key={one}
            to={systemPath(id, { tab: one === 'overview' ? '' : one, at })}
            current={one === tab}
          >
            {one.charAt(0).toUpperCase() + one.slice(1)}
            <span class="dim number">{countOf(one, data, log)}</span>
          </Link>
        ))}
      </nav>
      <Body tab={tab} known={data} at={at} log={log} />
    </section>
  );
}

/** What it is, as of when, and how far that is known. */
function Identity({ known, at, tab, log }: TabProperties & { tab: Tab }) {
  const { system, frame, coverage } = known;
  const stops = (log?.frames ?? []).filter(({ status }) => status !== 'failed').map((one) => one.at);
  return (
    <div class="identity">
      <div class="summary">
        <h1 id="title">{system.name}</h1>
        <span class="tag">{system.kind}</span>
        {frame !== null && frame.end.status !== 'complete' && (
          <span class="tag" data-status={frame.end.status}>
            {frame.end.status}
          </span>
        )}
        <InstantPicker
          at={at}
          shown={known.at}
          stops={stops.reverse()}
          onPick={(picked) => visit(changed({ at: picked }))}
        />
        <Share known={known} at={at} tab={tab} />
      </div>
      <p class="about">
        <span class="id">{system.id}</span>
        {Object.entries(system.labels).map(([name, value]) => (
          <Link
            class="label"
            key={name}
            to={`/?${new URLSearchParams({ q: '', narrow: `label:${name}=${value}` })}`}
          >
            {name}={value}
          </Link>
        ))}
        {frame !== null && (
          <time dateTime={frame.header.at} title={instant(frame.header.at)}>
            crawled {age(frame.header.at, known.at)} {at === '' ? 'ago' : 'before'}
          </time>
        )}
        <Link to={`/compare?${new URLSearchParams({ one: system.id })}`}>compare</Link>
      </p>
      <CoverageStrip coverage={coverage} />
    </div>
  );
}

function Body({ tab, ...properties }: TabProperties & { tab: Tab }) {
  switch (tab) {
    case 'overview':
      return <Overview {...properties} />;
    case 'files':
      return <Files {...properties} />;
    case 'packages':
      return <Packages {...properties} />;
    case 'processes':
      return <Processes {...properties} />;
    case 'connections':
      return <Connections {...properties} />;
    case 'history':
      return <History {...properties} />;
  }
}

/** Entries that a tab has; empty where that is not known. */
function countOf(tab: Tab, { frame }: SystemAnswer, log: Log | null): string {
  const features = {
    files: 'file',
    packages: 'package',
    processes: 'process',
    connections: 'connection',
  } as const;
  if (tab === 'overview') return '';
  if (tab === 'history') return log === null ? '' : `${log.frames.length}${log.more ? '+' : ''}`;
  return frame?.end.counts[features[tab]]?.toLocaleString('en-US') ?? '';
}

/** Links for others say the instant, always: tomorrow they show the same. */
function Share({ known, at, tab }: { known: SystemAnswer; at: string; tab: Tab }) {
  const { system } = known;
  const query = condition('system', system.id);
  const then = at === '' ? known.at : instantOf(known, at);
  const api = `${location.origin}${systemApiPath(system.id, `?${new URLSearchParams({ at: then })}`)}`;
  return (
    <CopyButtons
      label="Copy this system"
      forms={[
        [
          'Link',
          `${location.origin}${systemPath(system.id, { tab: tab === 'overview' ? '' : tab, at: then })}`,
        ],
        ['CLI', `unfold search ${shell(query)} --at ${then}`],
        ['curl', `curl -s ${shell(api)}`],
      ]}
    />
  );
}

function instantOf(known: SystemAnswer, at: string): string {
  return /^\d/.test(at) ? at : known.at;
}

function idOf({ pathname }: URL): string {
  const written = pathname.slice('/system/'.length);
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
