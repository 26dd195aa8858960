// What a system is, in short: operating system, addresses, what listens, what its newest crawl could not read.
import type { FactsAnswer } from '../../../schemas/api.ts';
import type { ConnectionEntry, Feature, InterfaceEntry, OsEntry } from '../../../schemas/entries.ts';
import type { ContainerInfo } from '../../../schemas/system.ts';
import { useFetched, type Fetched } from '../fetched.ts';
import { Link } from '../link.tsx';
import { Linked } from '../linked.tsx';
import { ProblemCard } from '../problem.tsx';
import { count, instant } from '../words.ts';
import { factsPath } from './facts-path.ts';
import { Pairs } from './pairs.tsx';
import type { TabProperties } from './tab-properties.ts';

/** Problems that are listed. */
const LISTED = 100;
/** Entries that are read of a feature. */
const READ = 500;

/** The tab. */
export function Overview(properties: TabProperties) {
  const { known } = properties;
  const { frame, failure } = known;
  return (
    <div class="panels">
      {failure !== null && (
        <section class="card wide problem">
          <h2>The newest crawl failed</h2>
          <p>{failure.reason}</p>
          <p class="dim">
            <code>{failure.code}</code> · {instant(failure.at)}
          </p>
        </section>
      )}
      <OperatingSystem {...properties} />
      <Interfaces {...properties} />
      <Listening {...properties} />
      {frame !== null && <Crawl {...properties} />}
      {frame !== null && frame.problems.length > 0 && (
        <section class="card wide">
          <h2>{count(frame.end.problems, 'problem')} of the newest crawl</h2>
          <ul class="plain">
            {frame.problems.slice(0, LISTED).map(({ code, path, message }, index) => (
              <li key={index}>
                <code>{code}</code> {path !== undefined && <span class="id">{path}</span>} {message}
              </li>
            ))}
            {frame.problems.length > LISTED && <li>and {frame.problems.length - LISTED} more</li>}
          </ul>
        </section>
      )}
    </div>
  );
}

function useFacts({ known, at }: TabProperties, feature: Feature): Fetched<FactsAnswer> {
  return useFetched<FactsAnswer>(factsPath(known.system.id, { feature, at, limit: READ }));
}

/** The entries of what was read. */
function entriesOf({ data }: Fetched<FactsAnswer>): readonly unknown[] {
  return (data?.facts ?? []).map(({ entry }) => entry);
}

function OperatingSystem(properties: TabProperties) {
  const facts = useFacts(properties, 'os');
  if (facts.problem !== null) return <ProblemCard problem={facts.problem} />;
  const [os = {}] = entriesOf(facts) as OsEntry[];
  return (
    <section class="card">
      <h2>Operating system</h2>
      <Pairs
        rows={[
          ['Name', os.full ?? os.name],
          ['Version', os.version],
          ['Host name', os.hostname],
          ['Kernel', os.kernel],
          ['Architecture', os.architecture],
          ...containerRows(properties.known.system.container),
        ]}
      />
    </section>
  );
}

function containerRows(container: ContainerInfo | undefined): [string, string | undefined][] {
  if (container === undefined) return [];
  const { state, engine, image } = container;
  return [
    ['Container', `${state}, ${engine.name}`],
    ['Image', image?.name ?? image?.digest],
  ];
}

function Interfaces(properties: TabProperties) {
  const entries = entriesOf(useFacts(properties, 'interface')) as InterfaceEntry[];
  return (
    <section class="card">
      <h2>Addresses</h2>
      {entries.length === 0 ? (
        <p class="dim">No interface is known.</p>
      ) : (
        <dl class="pairs">
          {entries.map(({ name, ip, mac }, index) => (
            <div key={index}>
              <dt>{name}</dt>
              <dd>
                {ip.map((one) => (
                  <div key={one}>
                    <code>
                      <Linked text={one} at={properties.at} />
                    </code>
                  </div>
                ))}
                {mac !== undefined && <code class="dim">{mac}</code>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Listening(properties: TabProperties) {
  const facts = useFacts(properties, 'connection');
  const { data } = facts;
  const listening = (entriesOf(facts) as ConnectionEntry[]).filter(
    ({ state, local }) => state === 'listening' && local !== undefined,
  );
  return (
    <section class="card">
      <h2>Listens on</h2>
      {listening.length === 0 ? (
        <p class="dim">No listening socket is known.</p>
      ) : (
        <ul class="ports">
          {listening.map(({ transport, local, process }, index) => (
            <li key={index}>
              <Link to={`/lookup?${new URLSearchParams({ asked: `:${local?.port ?? 0}` })}`}>
                {local?.port}/{transport}
              </Link>{' '}
              <span class="dim">
                {process?.name} {local?.ip}
              </span>
            </li>
          ))}
        </ul>
      )}
      {data !== null && data.cursor !== null && <p class="dim">Not all sockets were read.</p>}
    </section>
  );
}

function Crawl({ known: { frame } }: TabProperties) {
  if (frame === null) return null;
  const { header, end } = frame;
  const masked = Object.values(end.masked).reduce((sum, one) => sum + one, 0);
  return (
    <section class="card">
      <h2>Newest crawl</h2>
      <Pairs
        rows={[
          ['Began', instant(header.at)],
          ['Took', `${((Date.parse(end.finishedAt) - Date.parse(header.at)) / 1000).toFixed(1)} s`],
          ['Status', end.status],
          [
            'Read',
            header.features
              .map((one) => `${one} ${end.counts[one]?.toLocaleString('en-US') ?? 0}`)
              .join(', '),
          ],
          ['Secrets masked', masked === 0 ? undefined : masked.toLocaleString('en-US')],
          ['Left out', end.leftOut.map(({ path, reason }) => `${path} (${reason})`).join(', ') || undefined],
          ['Crawler', `${header.crawler.version} on ${header.crawler.host}`],
        ]}
      />
    </section>
  );
}
