// Short ways to look up, and to say what was found.
import type { LookupAnswer, SystemHit } from '../../../schemas/answer.ts';
import type { EntryLine } from '../../../schemas/frame.ts';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { lookup, type LookupOptions } from '../../../query/lookup/lookup.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';

export function look(
  engine: SearchEngine,
  asked: readonly string[],
  options: Partial<LookupOptions> = {},
): Promise<LookupAnswer> {
  return lookup(engine, asked, {
    at: null,
    evidence: null,
    staleAfterHours: 1_000_000,
    signal: NO_SIGNAL,
    ...options,
  });
}

/** The systems found for an item, in their order. */
export function systemsOf(answer: LookupAnswer, index = 0): readonly SystemHit[] {
  return answer.lookups[index]?.systems ?? [];
}

/** `SYSTEM PLACE WRITTEN` of all evidence for an item, sorted; with `NAME=ADDRESS@SYSTEM` of each step that led there. */
export function found(answer: LookupAnswer, index = 0): string[] {
  return systemsOf(answer, index)
    .flatMap(({ system, evidence }) =>
      evidence.map(({ key, line, address, name, port, via = [] }) => {
        const place = line === undefined ? key : `${key}:${line}`;
        const steps = via.map(
          (step) => `${step.name}=${step.address}@${step.system.split('/').at(-1) ?? ''}`,
        );
        return [system.name, place, address ?? name ?? `:${port ?? ''}`, ...steps].join(' ');
      }),
    )
    .sort();
}

export function ownsAddress(name: string, ...ip: string[]): EntryLine {
  return { feature: 'interface', key: name, entry: { name, ip } };
}

export function isCalled(hostname: string): EntryLine {
  return { feature: 'os', key: 'os', entry: { name: 'debian', platform: 'debian', hostname } };
}

/** An established connection, or a listening socket. */
export function socket(local: string, remote?: string): EntryLine {
  const end = (text: string) => {
    const [, ip = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
    return { ip, port: Number(port) };
  };
  return {
    feature: 'connection',
    key: ['tcp', local, remote ?? '-'].join(' '),
    entry: {
      transport: 'tcp',
      state: remote === undefined ? 'listening' : 'established',
      local: end(local),
      ...(remote === undefined ? {} : { remote: end(remote) }),
      process: { pid: 42, name: 'postgres' },
    },
  };
}

/** Features of a system of which everything is crawled. */
export const LIVE = ['os', 'file', 'process', 'connection', 'interface'] as const;
