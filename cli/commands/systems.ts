// unfold systems: every system of the index, its last frame and what went wrong.
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import { coverageOf } from '../../query/coverage.ts';
import { EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { coverageText } from '../output/answer-text.ts';
import { age, count } from '../output/figures.ts';
import { harmless, paint, print, toJson } from '../terminal.ts';
import type { GlobalOptions } from '../settings.ts';
import { instantOption } from './values.ts';

/** Options of the command. */
export interface SystemsCommandOptions extends GlobalOptions {
  json?: boolean;
  at?: string;
}

/** Prints the systems; returns the exit status: 1 if there are none. */
export async function systemsCommand(options: SystemsCommandOptions): Promise<number> {
  const at = instantOption(options.at);
  const answeredFor = at ?? new Date();
  const { states, coverage } = await withIndex(options, async (engine, { staleAfterHours }) => {
    const known = await engine.systems(at?.toISOString() ?? null, new AbortController().signal);
    const needs = { at: answeredFor, staleAfterHours, features: new Set<never>() };
    return { states: known, coverage: coverageOf(known, needs) };
  });
  if (options.json === true) {
    const systems = states.map(({ system, frame, failure }) => ({
      system,
      frame: frame && {
        at: frame.header.at,
        status: frame.end.status,
        features: frame.header.features,
        counts: frame.end.counts,
        problems: frame.end.problems,
      },
      failure,
    }));
    print(`${toJson({ schema: 'unfold.systems/1', at: answeredFor.toISOString(), systems, coverage })}\n`);
  } else {
    for (const state of states) print(`${stateText(state, answeredFor.toISOString())}\n`);
    print(`${coverageText(coverage)}\n`);
  }
  return states.length > 0 ? EXIT.found : EXIT.none;
}

function stateText({ system, frame, failure }: SystemState, now: string): string {
  const name = `${paint('bold', harmless(system.name))}  ${paint('dim', `${system.kind} · ${harmless(system.id)}`)}`;
  const labels = Object.entries(system.labels).map(([key, value]) => ` · ${harmless(`${key}=${value}`)}`);
  const lines = [name + paint('dim', labels.join(''))];
  if (frame !== null) {
    const counts = Object.entries(frame.end.counts).map(([feature, entries]) => `${feature} ${entries}`);
    const figures = [...counts, count(frame.end.problems, 'problem')].join(', ');
    lines.push(`   ${frame.end.status}, ${age(frame.header.at, now)}: ${figures}`);
  }
  if (failure !== null)
    lines.push(
      `   ${paint('red', 'failed')}, ${age(failure.at, now)}: ${failure.code}: ${harmless(failure.reason)}`,
    );
  return lines.join('\n');
}
