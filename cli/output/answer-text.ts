// An answer for a reader at a terminal: systems, evidence, facets, coverage.
import type { Answer, Evidence, Facet, LookupAnswer, SystemHit } from '../../schemas/answer.ts';
import type { Coverage } from '../../schemas/coverage.ts';
import { harmless, paint } from '../terminal.ts';
import { explanationText } from './explanation-text.ts';
import { age, count } from './figures.ts';

/** Gaps listed by name; more are counted. */
const MAX_GAPS = 20;
/** Places are padded to this width, so that snippets stand below each other. */
const MAX_PLACE_WIDTH = 48;

/** The answer to a search. */
export function answerText(answer: Answer): string {
  const shown = answer.systems.length < answer.total.systems ? `, ${answer.systems.length} listed` : '';
  return [
    `${paint('bold', count(answer.total.systems, 'system'))}${shown} ${paint('dim', `as of ${answer.at} in ${answer.tookMs} ms`)}`,
    '',
    ...answer.systems.map((hit, index) => systemText(hit, answer.at, `${index + 1}.`)),
    ...facetsText(answer.facets),
    coverageText(answer.coverage),
    '',
  ].join('\n');
}

/** The answer to a lookup, one address or network after the other. */
export function lookupText(answer: LookupAnswer): string {
  const found = answer.lookups.flatMap(({ asked, systems }) => [
    `${paint('bold', harmless(asked))}  ${count(systems.length, 'system')} ${paint('dim', `as of ${answer.at}`)}`,
    '',
    ...systems.map((hit, index) => systemText(hit, answer.at, `${index + 1}.`)),
  ]);
  return [...found, coverageText(answer.coverage), ''].join('\n');
}

/** What an answer can and cannot speak for, with the reasons. */
export function coverageText(coverage: Coverage): string {
  const { inScope, answered, gaps } = coverage;
  if (inScope === 0) return `coverage: ${paint('yellow', 'nothing is indexed yet')}`;
  const speaks = `${answered} of ${count(inScope, 'system')} answered`;
  if (coverage.complete) return `coverage: ${paint('green', 'complete')}, ${speaks}`;
  const lines = gaps.slice(0, MAX_GAPS).map(({ system, status, code, reason, lastFrame }) => {
    const why = code === null || reason.startsWith(code) ? reason : `${code}: ${reason}`;
    const last =
      status === 'failed' ? (lastFrame === null ? '; never read' : `; last read ${lastFrame}`) : '';
    return `  ${paint('yellow', status.padEnd(8))} ${harmless(system)}  ${paint('dim', harmless(why) + last)}`;
  });
  if (gaps.length > MAX_GAPS) lines.push(`  … and ${gaps.length - MAX_GAPS} more; --json lists all`);
  const counts = (['failed', 'partial', 'stale', 'unknown'] as const)
    .filter((status) => coverage[status] > 0)
    .map((status) => `${coverage[status]} ${status}`);
  return [`coverage: ${paint('yellow', 'incomplete')}, ${[speaks, ...counts].join(', ')}`, ...lines].join(
    '\n',
  );
}

function systemText(hit: SystemHit, at: string, number: string): string {
  const { system } = hit;
  const about = [
    system.kind,
    harmless(system.id),
    ...Object.entries(system.labels).map(([key, value]) => harmless(`${key}=${value}`)),
    ...lineageText(hit),
    age(hit.asOf, at),
    ...(hit.frame === 'partial' ? ['partial'] : []),
    ...(hit.score > 0 ? [hit.score.toFixed(1)] : []),
  ];
  const places = hit.evidence.map(placeOf);
  const width = Math.min(MAX_PLACE_WIDTH, Math.max(0, ...places.map((place) => place.length)));
  const more = hit.moreEvidence > 0 ? [paint('dim', `   … ${hit.moreEvidence} more`)] : [];
  return [
    `${number.padEnd(3)}${paint('bold', harmless(system.name))}  ${paint('dim', about.join(' · '))}`,
    ...hit.evidence.map((evidence, index) =>
      evidenceText(evidence, places[index] ? places[index].padEnd(width) : ''),
    ),
    ...more,
    ...(hit.explanation === undefined ? [] : explanationText(hit)),
    '',
  ].join('\n');
}

function lineageText({ lineage: { image, derivedFrom } = {} }: SystemHit): string[] {
  const from = image?.name ?? image?.digest ?? image?.id ?? derivedFrom;
  return from === undefined ? [] : [harmless(`from ${from}`)];
}

function evidenceText(evidence: Evidence, place: string): string {
  const { relation, role, address } = evidence;
  const notes = [
    ...(relation === undefined || relation === 'exact' ? [] : [`${relation} ${harmless(address ?? '')}`]),
    ...(role === undefined || role === 'references' ? [] : [role]),
    ...timeNotes(evidence),
    ...viaNotes(evidence),
  ];
  const note = notes.length === 0 ? '' : `  ${paint('dim', `(${notes.join(', ')})`)}`;
  return `   ${place === '' ? '' : `${paint('cyan', place)}  `}${snippetText(evidence)}${note}`;
}

/** Since when, of what is here because it began; from when to when, of what does not hold any more. */
function timeNotes({ change, validFrom, validTo }: Evidence): string[] {
  if (validTo !== null) return [`since ${validFrom} until ${validTo}`];
  return change === undefined ? [] : [`since ${validFrom}`];
}

/** How names and addresses lead from what was asked to what is written there. */
function viaNotes({ via = [] }: Evidence): string[] {
  return via.map(({ name, address, system, path, line }) => {
    const where = path === undefined ? system : `${system} ${path}:${line ?? ''}`;
    return harmless(`${name} = ${address} by ${where}`);
  });
}

/** Nothing for a file that matched by its path: the snippet begins with that. */
function placeOf({ feature, key, path, line, snippet }: Evidence): string {
  if (path !== undefined && line === undefined && snippet.startsWith(path)) return '';
  const place = harmless(path ?? `${feature} ${key}`);
  return line === undefined ? place : `${place}:${line}`;
}

/** The snippet with its marks in colour, without the indentation of its line. */
function snippetText({ snippet, marks }: Evidence): string {
  let at = snippet.length - snippet.trimStart().length;
  let text = '';
  for (const [start, end] of marks) {
    text += harmless(snippet.slice(at, Math.max(at, start)));
    text += paint(['bold', 'yellow'], harmless(snippet.slice(Math.max(at, start), end)));
    at = Math.max(at, end);
  }
  return (text + harmless(snippet.slice(at))).trimEnd();
}

function facetsText(facets: readonly Facet[]): string[] {
  const lines = facets
    .filter(({ buckets }) => buckets.length > 0)
    .map(({ field, buckets, more }) => {
      const values = buckets.map(
        ({ value, systems }) => `${harmless(value)} ${paint('dim', String(systems))}`,
      );
      return `${paint('dim', field.padEnd(10))} ${values.join('  ')}${more > 0 ? paint('dim', `  +${more}`) : ''}`;
    });
  return lines.length === 0 ? [] : [...lines, ''];
}
