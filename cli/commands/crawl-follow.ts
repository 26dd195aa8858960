// unfold crawl --follow: crawls containers as they begin and end, until it is interrupted.
import { uptime } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Following, type Pace } from '../../crawler/following/following.ts';
import { heed } from '../../crawler/following/signs.ts';
import { sourceOfTarget } from '../../crawler/sources/registry.ts';
import type { FoundSystem, Signs } from '../../crawler/sources/source.ts';
import type { TargetConfiguration } from '../../schemas/configuration.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { SystemRef } from '../../schemas/system.ts';
import { asUnfoldError } from '../failure.ts';
import { systemsOf } from '../target-systems.ts';
import { harmless, say } from '../terminal.ts';

/** What is followed, and how. */
export interface Followed {
  readonly targets: readonly TargetConfiguration[];
  readonly host: string;
  /** Systems of the index, as their last frames name them. */
  readonly known: readonly SystemRef[];
  readonly signs: Signs;
  readonly pace: Pace;
  /** Systems crawled before there is another look. */
  readonly atOnce: number;
  crawl(systems: readonly FoundSystem[]): Promise<unknown>;
}

/** Without a sign there is a look as often, and more seldom where that would take more than a twentieth of the time. */
const LOOK_MS = 10_000;
const LOOKS_TAKE = 20;
/** Signs come in swarms. */
const SWARM_MS = 500;
const SAY_MS = 60_000;

/** What shows that systems of targets may have begun or ended. Throws UNFOLD_USAGE where nothing does. */
export async function signsOf(targets: readonly TargetConfiguration[]): Promise<Signs> {
  const folders: string[] = [];
  const sockets: string[] = [];
  for (const target of targets) {
    const signs = (await sourceOfTarget(target.target)).signs?.(target);
    if (signs === undefined)
      throw new UnfoldError('UNFOLD_USAGE', `--follow: ${target.target} holds no containers.`, {
        remedy: 'Name targets whose systems begin and end, for example podman: or docker:.',
      });
    folders.push(...signs.folders);
    sockets.push(...signs.sockets);
  }
  return { folders, sockets };
}

/** Follows until the signal is aborted; throws its reason then, and what crawling throws. */
export async function followContainers(followed: Followed, signal: AbortSignal): Promise<never> {
  const { targets, host, signs, pace, atOnce } = followed;
  const refs = new Map(followed.known.map((ref) => [ref.id, ref]));
  const following = new Following(pace);
  const teller = new Teller(pace);
  let news = new AbortController();
  heed(signs, () => news.abort(), signal);
  for (;;) {
    news = new AbortController();
    const now = uptime() * 1000;
    const began = performance.now();
    const { systems, errors } = await systemsOf(targets, host, [...refs.values()]);
    const lookMs = performance.now() - began;
    const due = following.look(systems, (id) => refs.get(id)?.container?.state === 'running', now);
    teller.tell(errors, following.missed);
    const batch = due.systems.slice(0, atOnce);
    for (const system of batch) following.crawls(system);
    if (batch.length > 0) await followed.crawl(batch);
    signal.throwIfAborted();
    for (const { ref } of batch) refs.set(ref.id, ref);
    forgetRemoved(refs, systems);
    if (batch.length > 0) continue;
    const untilDue = due.nextMs === null ? Number.POSITIVE_INFINITY : due.nextMs - now;
    const untilMs = Math.max(0, Math.min(untilDue, Math.max(LOOK_MS, LOOKS_TAKE * lookMs)));
    await setTimeout(untilMs, undefined, { signal: AbortSignal.any([signal, news.signal]) }).catch(() =>
      signal.throwIfAborted(),
    );
    await setTimeout(SWARM_MS, undefined, { signal });
  }
}

/** What is gone, and known to have ended, is not asked for any more. */
function forgetRemoved(refs: Map<string, SystemRef>, systems: readonly FoundSystem[]): void {
  const listed = new Set(systems.map(({ ref }) => ref.id));
  for (const [id, { container }] of refs)
    if (container?.state !== 'running' && !listed.has(id)) refs.delete(id);
}

/** Says what is wrong when it begins, and at times what was passed over. */
class Teller {
  readonly #pace: Pace;
  #wrong = '';
  #missed = 0;
  #saidMs = performance.now();

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  tell(errors: readonly unknown[], missed: number): void {
    const wrong = errors
      .map((error) => `${asUnfoldError(error).code}: ${asUnfoldError(error).message}`)
      .join('; ');
    if (wrong !== this.#wrong && wrong !== '') say(`notice: ${harmless(wrong)}`);
    this.#wrong = wrong;
    if (missed === this.#missed || performance.now() - this.#saidMs < SAY_MS) return;
    const { lifetimeMs, perMinute } = this.#pace;
    say(
      `notice: ${missed - this.#missed} times a container ended before it was crawled: sooner than ${lifetimeMs / 1000} s, ` +
        `or with more than ${perMinute} crawls a minute`,
    );
    this.#missed = missed;
    this.#saidMs = performance.now();
  }
}
