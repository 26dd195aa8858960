// The views beside the search, each loaded when it is first shown.
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { RequestProblem } from './api.ts';
import { Link } from './link.tsx';
import { ProblemCard } from './problem.tsx';
import type { ViewProperties } from './view-properties.ts';

type Loader = () => Promise<ComponentType<ViewProperties>>;

/** By the beginning of their paths. */
const VIEWS: Readonly<Record<string, Loader>> = {
  '/system/': async () => (await import('./system/system-view.tsx')).SystemView,
  '/lookup': async () => (await import('./lookup/lookup-view.tsx')).LookupView,
  '/compare': async () => (await import('./compare/compare-view.tsx')).CompareView,
  '/map': async () => (await import('./map/map-view.tsx')).MapView,
  '/coverage': async () => (await import('./coverage/coverage-view.tsx')).CoverageView,
};

/** What is loaded of a view. */
interface Loaded {
  readonly name: string;
  readonly View: ComponentType<ViewProperties> | null;
}

/** The view of an address. */
export function LoadedView({ address }: ViewProperties) {
  const loaded = useSignal<Loaded | null>(null);
  const name = Object.keys(VIEWS).find((begin) => address.pathname.startsWith(begin));
  useEffect(() => {
    const load = name === undefined ? undefined : VIEWS[name];
    if (name === undefined || load === undefined) return;
    let isCurrent = true;
    const take = (View: Loaded['View']): void => {
      if (isCurrent) loaded.value = { name, View };
    };
    void load().then(take, () => take(null));
    return () => (isCurrent = false);
  }, [name]);
  if (name === undefined) return <NoView />;
  if (loaded.value?.name !== name) return null;
  const { View } = loaded.value;
  return View === null ? <ProblemCard problem={NOT_LOADED} /> : <View address={address} />;
}

const NOT_LOADED = new RequestProblem({
  code: 'unreachable',
  detail: 'This part of the page could not be loaded.',
  remedy: 'Reload the page. Is `unfold serve` still running?',
});

function NoView() {
  return (
    <section class="card">
      <h1>There is nothing here</h1>
      <p>
        Perhaps on the <Link to="/">first page</Link>.
      </p>
    </section>
  );
}
