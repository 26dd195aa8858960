// One item of a lookup: every system that has it, with each place.
import { useSignal } from '@preact/signals';
import type { Evidence, LookupAnswer, SystemHit } from '../../../schemas/answer.ts';
import { Link } from '../link.tsx';
import { Marked } from '../marked.tsx';
import { evidencePath, systemPath } from '../system-path.ts';
import { count, instant } from '../words.ts';

/** Rows that are shown at first, and once more with each press of the button. */
const PAGE = 25;

/** The properties of an item. */
interface ItemProperties {
  readonly item: LookupAnswer['lookups'][number];
  /** As the address has it: empty for now. */
  readonly at: string;
  readonly isComplete: boolean;
}

/** The item. */
export function FoundItem({ item: { asked, systems }, at, isComplete }: ItemProperties) {
  const shown = useSignal(PAGE);
  const rows = systems.flatMap((hit) => hit.evidence.map((evidence) => ({ hit, evidence })));
  const more = systems.reduce((sum, { moreEvidence }) => sum + moreEvidence, 0);
  if (systems.length === 0)
    return (
      <section class="item none" aria-label={asked}>
        <h3 tabIndex={-1} data-row>
          <code>{asked}</code>
          <span class="dim">
            {isComplete ? 'no system has it' : 'no system that answered has it; not every system answered'}
          </span>
        </h3>
      </section>
    );
  return (
    <section class="item" aria-label={asked}>
      <h3 tabIndex={-1} data-row>
        <code>{asked}</code>
        <span>{count(systems.length, 'system')}</span>
        <span class="dim">{count(rows.length + more, 'place')}</span>
      </h3>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={`Places of ${asked}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">Place</th>
              <th scope="col">Written there</th>
              <th scope="col">Relation</th>
              <th scope="col">Role</th>
              <th scope="col">Seen</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown.value).map(({ hit, evidence }, index) => (
              <tr key={index}>
                <td class="strong">{rows[index - 1]?.hit !== hit && <SystemCell hit={hit} at={at} />}</td>
                <td class="mono where">
                  <Link to={evidencePath(hit.system.id, evidence, at)}>
                    <bdi>{evidence.path ?? evidence.feature}</bdi>
                    {evidence.line !== undefined && `:${evidence.line}`}
                  </Link>
                </td>
                <td class="long">
                  <code class="snippet">
                    <Marked evidence={evidence} />
                  </code>
                  <About evidence={evidence} />
                </td>
                <td class="nowrap">{evidence.relation}</td>
                <td class="nowrap">{evidence.role}</td>
                <td class="nowrap">{seen(evidence)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.value && (
        <button type="button" class="quiet" onClick={() => (shown.value += PAGE)}>
          Show more ({(rows.length - shown.value).toLocaleString('en-US')} left)
        </button>
      )}
      {more > 0 && <p class="dim">The files to download have {count(more, 'more place')}.</p>}
    </section>
  );
}

function SystemCell({ hit: { system, frame, lineage }, at }: { hit: SystemHit; at: string }) {
  const image = lineage?.image?.name ?? lineage?.derivedFrom;
  return (
    <>
      <Link class="strong" to={systemPath(system.id, { at })} title={system.id}>
        {system.name}
      </Link>
      {frame === 'partial' && (
        <span class="tag" data-status="partial">
          partial
        </span>
      )}
      <span class="id">
        {Object.entries(system.labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}
        {image !== undefined && ` from ${image}`}
      </span>
    </>
  );
}

/** Who holds the socket, and how names lead to what is written. */
function About({ evidence: { process, snippet, via = [] } }: { evidence: Evidence }) {
  return (
    <>
      {process !== undefined && !snippet.includes(process.name) && (
        <span class="dim aside">
          {process.name} {process.pid}
        </span>
      )}
      {via.map(({ name, address, path, line }) => (
        <span class="dim aside" key={`${name} ${address}`}>
          {name} is {address}
          {path !== undefined && `, says ${path}${line === undefined ? '' : `:${line}`}`}
        </span>
      ))}
    </>
  );
}

function seen({ validFrom, validTo }: Evidence): string {
  const since = instant(validFrom).slice(0, 10);
  return validTo === null ? `since ${since}` : `${since} to ${instant(validTo).slice(0, 10)}`;
}
