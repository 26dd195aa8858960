// What differs between two states, for a reader at a terminal.
import type { Change, ChangeCounts, ComparedEnd, Comparison, TextChange } from '../../schemas/comparison.ts';
import type {
  ConnectionEntry,
  FileEntry,
  InterfaceEntry,
  PackageEntry,
  ProcessEntry,
} from '../../schemas/entries.ts';
import { harmless, paint } from '../terminal.ts';
import { age, bytes } from './figures.ts';

/** Lines of a text listed per file. */
const MAX_LINES = 200;
/** A longer line of a text, or value of a field, is cut. */
const MAX_WIDTH = 300;

const MARKS = { added: paint('green', '+'), removed: paint('red', '-'), changed: paint('yellow', '~') };

type About = Pick<Comparison, 'from' | 'to' | 'notCompared' | 'complete'>;

/** Which states are compared. */
export function endsText({ from, to }: About): string {
  const line = (mark: string, { system, at, frame }: ComparedEnd): string => {
    const old = at === frame.at ? '' : `, ${age(frame.at, at)}`;
    const about = `${system.kind} · ${harmless(system.id)} · ${frame.status}${old}`;
    return `${mark} ${paint('bold', harmless(system.name))}  ${frame.at}  ${paint('dim', about)}\n`;
  };
  return line(paint('red', '---'), from) + line(paint('green', '+++'), to);
}

/** One change, its lines below it. Where it came about at another instant than `usual`, that is said. */
export function changeText(change: Change, usual: string): string {
  const { at, times = 1 } = change;
  const notes = [...(times > 1 ? [`${times} times`] : []), ...(at === undefined || at === usual ? [] : [at])];
  const note = notes.length === 0 ? '' : `  ${paint('dim', `(${notes.join(', ')})`)}`;
  return `${MARKS[change.change]} ${describe(change)}${note}\n${change.text?.kind === 'lines' ? linesText(change.text) : ''}`;
}

function describe(change: Change): string {
  const name = nameOf(change);
  const details = [...(change.action === undefined ? [] : [actionText(change)]), ...fieldTexts(change)];
  return details.length === 0 ? name : `${name}  ${details.join(', ')}`;
}

/** Of packages the versions are told with what became of them. */
function actionText({ action, from, to }: Change): string {
  const versions = [from, to].flatMap((entry) => (entry === null ? [] : [(entry as PackageEntry).version]));
  return `${[...new Set(versions)].map(harmless).join(' → ')}  ${action ?? ''}`;
}

function nameOf({ feature, key, from, to }: Change): string {
  const entry = to ?? from;
  switch (feature) {
    case 'file':
      return fileName(entry as FileEntry, from === null || to === null);
    case 'package':
      return harmless((entry as PackageEntry).name);
    case 'process':
      return harmless(cut((entry as ProcessEntry).command_line || (entry as ProcessEntry).name));
    case 'connection':
      return connectionName(entry as ConnectionEntry);
    case 'interface':
      return interfaceName(entry as InterfaceEntry, from === null || to === null);
    case 'os':
      return harmless(key);
  }
}

function fileName({ path, type, size, target_path: target }: FileEntry, isAlone: boolean): string {
  const name = paint('cyan', harmless(path));
  if (!isAlone) return name;
  if (type === 'symlink') return `${name} → ${harmless(target ?? '')}`;
  return type === 'file' ? `${name}  ${paint('dim', bytes(size))}` : `${name}  ${paint('dim', type)}`;
}

function connectionName({ transport, state, local, remote, path, process }: ConnectionEntry): string {
  const ends = [local, remote].flatMap((end) =>
    end === undefined ? [] : [`${end.ip.includes(':') ? `[${end.ip}]` : end.ip}:${end.port}`],
  );
  const owner = process === undefined ? '' : `  ${process.name}`;
  return harmless(
    `${transport} ${[...ends, ...(path === undefined ? [] : [path])].join(' → ')} ${state}${owner}`,
  );
}

function interfaceName({ name, ip }: InterfaceEntry, isAlone: boolean): string {
  return harmless(isAlone ? [name, ...ip].join('  ') : name);
}

function fieldTexts({ feature, from, to, fields, action, text }: Change): string[] {
  if (from === null || to === null) return [];
  const told = feature === 'package' && action !== undefined ? [] : fields;
  return told.map((name) =>
    name === 'content' ? contentText(from, to, text) : fieldText(harmless(name), from[name], to[name]),
  );
}

/** `mode 0644 → 0600`, `ip +10.0.0.9/24`, `package.modified false → true`. */
function fieldText(name: string, from: unknown, to: unknown): string {
  if (Array.isArray(from) && Array.isArray(to)) {
    const only = (sign: string, some: unknown[], others: unknown[]): string[] =>
      some.filter((one) => !others.includes(one)).map((one) => sign + valueText(one));
    return [name, ...only('-', from, to), ...only('+', to, from)].join(' ');
  }
  if (isMap(from) && isMap(to))
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
      .filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]))
      .map((key) => fieldText(`${name}.${harmless(key)}`, from[key], to[key]))
      .join(', ');
  return `${name} ${valueText(from)} → ${valueText(to)}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueText(value: unknown): string {
  if (value === undefined) return 'none';
  return harmless(cut(typeof value === 'string' ? value : JSON.stringify(value)));
}

function contentText(from: object, to: object, text: TextChange | undefined): string {
  const sizes = [from, to].map((entry) => bytes((entry as FileEntry).size)).join(' → ');
  switch (text?.kind) {
    case 'lines':
      return `content ${paint('green', `+${text.added}`)} ${paint('red', `-${text.removed}`)}`;
    case 'same':
      return `content ${sizes}, the text is the same`;
    case 'omitted':
      return `content ${sizes}, ${text.reason}`;
    case undefined:
      return `content ${sizes}`;
  }
}

/** Hunks, each line indented and harmless. */
function linesText({ unified }: Extract<TextChange, { kind: 'lines' }>): string {
  const lines = unified.replace(/\n$/, '').split('\n');
  const told = lines.slice(0, MAX_LINES).map((line) => `    ${coloured(shown(cut(line)))}\n`);
  const left = lines.length - told.length;
  if (left > 0) told.push(paint('dim', `    … ${left} more lines; --json has them\n`));
  return told.join('');
}

/** Harmless, with its tabs: in a text they may be what differs. */
function shown(line: string): string {
  return line.split('\t').map(harmless).join('\t');
}

function coloured(line: string): string {
  if (line.startsWith('@@')) return paint('cyan', line);
  return line.startsWith('+') ? paint('green', line) : line.startsWith('-') ? paint('red', line) : line;
}

function cut(text: string): string {
  return text.length <= MAX_WIDTH ? text : `${text.slice(0, MAX_WIDTH)}…`;
}

/** How much differs, and how far that can be relied on. */
export function summaryText(about: About, counts: ChangeCounts): string {
  const lines = Object.entries(counts).map(([feature, ofFeature]) => {
    const told = (['added', 'removed', 'changed'] as const).filter((kind) => ofFeature[kind] > 0);
    return `${feature.padEnd(10)} ${told.map((kind) => `${ofFeature[kind].toLocaleString('en-US')} ${kind}`).join(', ')}`;
  });
  if (lines.length === 0) lines.push('nothing differs');
  return `${[...lines, ...coverageLines(about)].join('\n')}\n`;
}

function coverageLines({ from, to, notCompared, complete }: About): string[] {
  if (complete) return [`coverage: ${paint('green', 'complete')}`];
  const gaps = (mark: string, end: ComparedEnd): string[] =>
    end.gaps.map(
      ({ status, reason }) => `  ${paint('yellow', `${mark} ${status}`)}  ${paint('dim', harmless(reason))}`,
    );
  return [
    `coverage: ${paint('yellow', 'incomplete')}`,
    ...gaps('---', from),
    ...gaps('+++', to),
    ...notCompared.map(
      ({ feature, reason }) =>
        `  ${paint('yellow', `${feature} not compared`)}  ${paint('dim', harmless(reason))}`,
    ),
  ];
}
