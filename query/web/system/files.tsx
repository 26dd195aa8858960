// The files of a system: a directory at a time, and one of them with its text.
import { useSignal } from '@preact/signals';
import type { DirectoryAnswer } from '../../../schemas/api.ts';
import { useFetched } from '../fetched.ts';
import { Link } from '../link.tsx';
import { parameters, visit } from '../location.ts';
import { ProblemCard } from '../problem.tsx';
import { systemApiPath, systemPath } from '../system-path.ts';
import { bytes, count, instant } from '../words.ts';
import { FileDetail } from './file-detail.tsx';
import type { TabProperties } from './tab-properties.ts';

/** Names that are read. */
const READ = 5000;

/** The tab. */
export function Files({ known, at }: TabProperties) {
  const path = parameters.value.get('path') ?? '/';
  const file = parameters.value.get('file');
  const id = known.system.id;
  const to = (wanted: string): string => systemPath(id, { tab: 'files', path: wanted, at });
  return (
    <>
      <nav class="crumbs" aria-label="Directory">
        {crumbs(file ?? path).map(({ name, path: above }, index, { length }) =>
          index === length - 1 && file !== null ? (
            <span key={above}>{name}</span>
          ) : (
            <Link key={above} to={to(above)} current={index === length - 1}>
              {name}
            </Link>
          ),
        )}
        <GoTo onGo={(wanted) => visit(to(wanted))} />
      </nav>
      {file === null ? <Directory id={id} at={at} path={path} /> : <FileDetail id={id} at={at} path={file} />}
    </>
  );
}

function GoTo({ onGo }: { onGo: (path: string) => void }) {
  return (
    <input
      type="text"
      class="go-to"
      aria-label="Go to a path"
      placeholder="Go to /path"
      spellcheck={false}
      onKeyDown={({ key, currentTarget }) => {
        const path = currentTarget.value.trim();
        if (key === 'Enter' && path !== '') onGo(path.startsWith('/') ? path : `/${path}`);
      }}
    />
  );
}

/** The properties of a directory. */
interface DirectoryProperties {
  readonly id: string;
  readonly at: string;
  readonly path: string;
}

function Directory({ id, at, path }: DirectoryProperties) {
  const find = useSignal('');
  const wanted = new URLSearchParams({ path, limit: String(READ), ...(at === '' ? {} : { at }) });
  const { data, problem } = useFetched<DirectoryAnswer>(systemApiPath(id, `/directory?${wanted}`));
  if (problem !== null) return <ProblemCard problem={problem} />;
  if (data === null) return null;
  const text = find.value.trim().toLowerCase();
  const rows = data.children.filter(({ name }) => name.toLowerCase().includes(text));
  return (
    <>
      <div class="filter">
        <input
          type="search"
          aria-label="Find a name here"
          placeholder="Find a name here"
          onInput={({ currentTarget }) => (find.value = currentTarget.value)}
        />
        <span class="dim" aria-live="polite">
          {count(rows.length, 'name')}
          {data.more > 0 && ` of ${count(data.children.length + data.more, 'name')}`}
        </span>
      </div>
      {rows.length === 0 ? (
        <p class="card">{text === '' ? 'No file is known here.' : 'No name is like this.'}</p>
      ) : (
        <Names rows={sortedByKind(rows)} at={at} id={id} path={data.path} />
      )}
    </>
  );
}

type Child = DirectoryAnswer['children'][number];

/** Directories first. */
function sortedByKind(rows: readonly Child[]): Child[] {
  return rows.toSorted((a, b) => Number(isDirectory(b)) - Number(isDirectory(a)));
}

function isDirectory({ type, below }: Child): boolean {
  return type === 'dir' || below > 0;
}

function Names({ rows, id, at, path }: DirectoryProperties & { rows: readonly Child[] }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Names">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">Mode</th>
            <th scope="col">Owner</th>
            <th scope="col">Modified</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((child) => {
            const full = `${path === '/' ? '' : path}/${child.name}`;
            return (
              <tr key={child.name}>
                <td class="mono">
                  <Link
                    row
                    to={systemPath(id, { tab: 'files', at, [isDirectory(child) ? 'path' : 'file']: full })}
                  >
                    <bdi>
                      {child.name}
                      {isDirectory(child) ? '/' : ''}
                    </bdi>
                  </Link>
                  {child.target_path !== undefined && <span class="dim"> → {child.target_path}</span>}
                </td>
                <td class="number nowrap">{sizeOf(child)}</td>
                <td class="mono">{child.mode}</td>
                <td>{child.owner}</td>
                <td class="nowrap">{child.mtime !== undefined && instant(child.mtime)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function sizeOf(child: Child): string {
  if (isDirectory(child)) return count(child.below, 'path');
  return child.size === undefined ? '' : bytes(child.size);
}

/** Each directory on the way to a path, from the top. */
function crumbs(path: string): { name: string; path: string }[] {
  const names = path.split('/').filter((name) => name !== '');
  return [
    { name: '/', path: '/' },
    ...names.map((name, index) => ({ name, path: `/${names.slice(0, index + 1).join('/')}` })),
  ];
}
