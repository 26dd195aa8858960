// The crawls of a system with what each brought, and what differs between two of them.
import { useSignal } from '@preact/signals';
import type { LogEntry } from '../../../schemas/comparison.ts';
import { Differences } from '../compare/differences.tsx';
import { changed, parameters, visit } from '../location.ts';
import { systemApiPath } from '../system-path.ts';
import { instant } from '../words.ts';
import { Link } from '../link.tsx';
import type { TabProperties } from './tab-properties.ts';

/** Crawls that are shown before somebody asks for more. */
const PAGE = 12;

/** The tab; which two are compared is in the address: without a choice, the newest with the one before. */
export function History({ known, log }: TabProperties) {
  const shown = useSignal(PAGE);
  if (log === null) return null;
  const whole = log.frames.filter(({ status }) => status !== 'failed');
  const to = parameters.value.get('to') ?? whole[0]?.at ?? '';
  const from = parameters.value.get('from') ?? whole.find(({ at }) => at < to)?.at ?? '';
  const pick = (side: 'from' | 'to', at: string): void => visit(changed({ from, to, [side]: at }));
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Crawls">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">Crawl</th>
              <th scope="col">Status</th>
              <th scope="col" class="number">
                Opened
              </th>
              <th scope="col" class="number">
                Closed
              </th>
              <th scope="col" class="number">
                Kept
              </th>
              <th scope="col">Notes</th>
            </tr>
          </thead>
          <tbody>
            {log.frames.slice(0, shown.value).map((frame) => (
              <tr key={frame.id} data-row tabIndex={-1}>
                {(['from', 'to'] as const).map((side) => (
                  <td key={side}>
                    {frame.status !== 'failed' && (
                      <input
                        type="radio"
                        name={side}
                        aria-label={`Compare ${side} ${instant(frame.at)}`}
                        checked={frame.at === (side === 'from' ? from : to)}
                        onChange={() => pick(side, frame.at)}
                      />
                    )}
                  </td>
                ))}
                <td class="nowrap">
                  <Link to={changed({ at: frame.at, tab: null, from: null, to: null })}>
                    {instant(frame.at)}
                  </Link>
                </td>
                <td>
                  <span class="tag" data-status={frame.status}>
                    {frame.status}
                  </span>
                </td>
                <td class="number opened">+{frame.facts.opened.toLocaleString('en-US')}</td>
                <td class="number closed">−{frame.facts.closed.toLocaleString('en-US')}</td>
                <td class="number">{frame.facts.kept.toLocaleString('en-US')}</td>
                <td class="reason">{notes(frame)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {log.frames.length > shown.value && (
        <button type="button" class="more" onClick={() => (shown.value += PAGE)}>
          Show more ({log.frames.length - shown.value} left)
        </button>
      )}
      {log.more && <p class="dim">Older crawls are in the API.</p>}
      {from === '' ? (
        <p class="card">There is one crawl with entries: nothing to compare it with.</p>
      ) : (
        <Differences path={systemApiPath(known.system.id, '/diff')} parameters={{ from, to }} />
      )}
    </>
  );
}

/** What is unusual about a crawl. */
function notes({ problems, gapHours, grown }: LogEntry): string {
  const changes = Object.entries(grown ?? {}).map(
    ([feature, by]) => `${feature} ${by > 0 ? '+' : '−'}${Math.abs(by)}`,
  );
  return [
    ...changes,
    ...problems.map(({ code, count }) => `${count} × ${code}`),
    ...(gapHours === undefined ? [] : [`${gapHours} hours after the one before`]),
  ].join(', ');
}
