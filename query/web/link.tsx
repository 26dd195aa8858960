// A link within the page: it changes the address without a new load, unless it is to open elsewhere.
import type { ComponentChildren } from 'preact';
import { visit } from './location.ts';

/** The properties of a link. */
interface LinkProperties {
  readonly to: string;
  readonly class?: string;
  readonly title?: string;
  readonly current?: boolean;
  /** Whether `j` and `k` stop here. */
  readonly row?: boolean;
  readonly children: ComponentChildren;
}

/** The link. */
export function Link({ to, current = false, row = false, children, ...rest }: LinkProperties) {
  return (
    <a
      {...rest}
      href={to}
      aria-current={current ? 'page' : undefined}
      data-row={row || undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        visit(to);
      }}
    >
      {children}
    </a>
  );
}
