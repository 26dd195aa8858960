// Paths of the views of a system, and of lookups.
import type { Evidence } from '../../schemas/answer.ts';
import { pathWith } from './location.ts';

/** The path of a system's view; parameters that are empty are left out. */
export function systemPath(id: string, wanted: Readonly<Record<string, string>> = {}): string {
  const filled = Object.entries(wanted).filter(([, value]) => value !== '');
  return pathWith(`/system/${encodeURIComponent(id)}`, new URLSearchParams(filled));
}

const TABS = { file: 'files', package: 'packages', process: 'processes', connection: 'connections' } as const;

/** Where a system's view shows a piece of evidence; of what has ended, as of when it began. */
export function evidencePath(id: string, evidence: Evidence, at: string): string {
  const { feature, path, line, key, validFrom, validTo } = evidence;
  const then = validTo === null ? at : validFrom;
  if (feature === 'file')
    return systemPath(id, {
      tab: 'files',
      file: path ?? key,
      line: line === undefined ? '' : String(line),
      at: then,
    });
  if (feature === 'os' || feature === 'interface') return systemPath(id, { at: then });
  const find = { package: key.split(':')[1], process: key.split('@')[0], connection: evidence.address }[
    feature
  ];
  return systemPath(id, { tab: TABS[feature], find: find ?? '', at: then });
}

/** The path of a system in the API. */
export function systemApiPath(id: string, below = ''): string {
  return `/v1/systems/${encodeURIComponent(id)}${below}`;
}
