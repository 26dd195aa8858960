// Facets as they are asked for: what to count, and what to narrow an answer to.
import { UnfoldError } from '../schemas/error.ts';
import { FACET_FIELDS } from '../schemas/facet-fields.ts';
import type { FacetField, Narrowing, WantedFacet } from '../schemas/plan.ts';

/** What is counted where nobody says. */
export const USUAL_FACETS: readonly FacetField[] = ['kind', 'os', 'package', 'directory', 'feature'];

const FIELDS = FACET_FIELDS.join(', ');

/**
 * A facet by its name, alone or with what to count of it: `package~ngi` values with that text, `directory/etc` directories
 * right below one, `port:1000` a histogram. Throws UNFOLD_REQUEST_INVALID.
 */
export function wantedFacet(asked: string, size: number): WantedFacet {
  const [, name = '', kind = '', detail = ''] = /^([a-z]+)(?:([~:/])(.*))?$/su.exec(asked) ?? [];
  const field = fieldOf(name, asked, 'facets');
  switch (kind) {
    case '':
      return { field, size };
    case '~':
      return { field, size, containing: detail };
    case '/':
      if (field !== 'directory') throw refused(asked, 'only directories have what lies below them', 'facets');
      return { field, size, under: `/${detail.replace(/\/+$/, '')}` };
    default: {
      const interval = Number(detail);
      if (field !== 'port' || !Number.isSafeInteger(interval) || interval < 1)
        throw refused(asked, 'a histogram is of ports, by a width of 1 or more, such as port:1000', 'facets');
      return { field, size, interval };
    }
  }
}

/**
 * What an answer is narrowed to, of conditions such as `package:nginx` and `-kind:vm`: of one field any of the values
 * suffices, and none with a hyphen may be there. Throws UNFOLD_REQUEST_INVALID.
 */
export function narrowings(conditions: readonly string[]): Narrowing[] {
  const byField = new Map<FacetField, Narrowing>();
  for (const condition of conditions) {
    const [, minus = '', name = '', written = ''] = /^(-?)([a-z]+):(.+)$/su.exec(condition) ?? [];
    const field = fieldOf(name, condition, 'narrow');
    const narrowing = byField.get(field) ?? { field, any: [], none: [] };
    byField.set(field, narrowing);
    const value = field === 'directory' && written !== '/' ? written.replace(/\/+$/, '') : written;
    (minus === '' ? narrowing.any : narrowing.none).push(value);
  }
  return [...byField.values()];
}

/** Where a request names it. */
type Parameter = 'facets' | 'narrow';

function fieldOf(name: string, asked: string, parameter: Parameter): FacetField {
  const field = FACET_FIELDS.find((known) => known === name);
  if (field !== undefined) return field;
  throw refused(asked, `${JSON.stringify(name)} is no facet`, parameter);
}

function refused(asked: string, why: string, parameter: Parameter): UnfoldError {
  return new UnfoldError('UNFOLD_REQUEST_INVALID', `${JSON.stringify(asked)}: ${why}`, {
    remedy: `Facets are ${FIELDS}; conditions are written as package:nginx or -package:nginx.`,
    place: { parameter },
  });
}
