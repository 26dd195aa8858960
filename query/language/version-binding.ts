// `version:` beside one `package:` is the version of that package.
import type { Tell } from './notices.ts';
import { isTerm, type FieldQuery, type Query, type Span } from './tree.ts';

/** The tree with a version and the one package beside it, in the same conjunction, as conditions on one package. */
export function bindVersions(query: Query, tell: Tell): Query {
  if (query.kind === 'not') return { ...query, item: bindVersions(query.item, tell) };
  if (query.kind === 'or') return { ...query, items: query.items.map((item) => bindVersions(item, tell)) };
  if (query.kind !== 'and') return query;
  const items = query.items.map((item) => bindVersions(item, tell));
  const versions = items.filter(isVersion);
  const packages = items.filter(isPackage);
  const [first] = packages;
  if (first === undefined || packages.length > 1) {
    explain(versions, items, tell);
    return { ...query, items };
  }
  const [negated] = versions.filter(({ kind }) => kind === 'not');
  if (negated !== undefined) tell(boundNotice(negated.span));
  return versions.length === 0 ? { ...query, items } : bound({ ...query, items }, first, versions);
}

function bound(
  query: Extract<Query, { kind: 'and' | 'or' }>,
  owner: Query,
  versions: readonly Query[],
): Query {
  const value: Query = { kind: 'and', items: [owner, ...versions], span: query.span };
  const group: FieldQuery = { kind: 'field', name: 'package', value, span: owner.span };
  const rest = query.items.filter((item) => !versions.includes(item));
  if (rest.length === 1) return group;
  return { ...query, items: rest.map((item) => (item === owner ? group : item)) };
}

/** A condition on versions alone. */
function isVersion(query: Query): boolean {
  if (query.kind === 'field') return query.name === 'version';
  if (query.kind === 'not') return isVersion(query.item);
  return (query.kind === 'and' || query.kind === 'or') && query.items.every(isVersion);
}

/** A condition that one package can satisfy: its name, or one of several. */
function isPackage(query: Query): boolean {
  if (query.kind === 'or') return query.items.every(isPackage);
  return (
    query.kind === 'field' && (query.name === 'package' || query.name === 'source') && isChoice(query.value)
  );
}

function isChoice(value: Query): boolean {
  if (value.kind === 'or') return value.items.every(isChoice);
  return isTerm(value);
}

function boundNotice(span: Span) {
  const message = 'The version was asked of the package beside it: one that is installed in another version.';
  return { code: 'version-of-package', message, span };
}

/** What a version beside no package, or beside several, is of. */
function explain(versions: readonly Query[], items: readonly Query[], tell: Tell): void {
  const [version] = versions;
  if (version === undefined) return;
  const isBesideOs = items.some((item) => item.kind === 'field' && item.name === 'os');
  const message = isBesideOs
    ? 'version: is of packages; os.version: is of the operating system.'
    : 'The version may be of any package; package:(NAME version:…) asks for the version of one.';
  tell({ code: 'version-of-package', message, span: version.span });
}
