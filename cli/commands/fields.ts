// unfold fields: what can be asked, and every field with the ways to ask for its value.
import { UnfoldError } from '../../schemas/error.ts';
import { nearest } from '../../query/language/nearest.ts';
import { reference } from '../../query/language/reference.ts';
import { EXIT } from '../failure.ts';
import { paint, print, toJson } from '../terminal.ts';

type Reference = ReturnType<typeof reference>;

/** Prints the reference, or of it the fields that are named; returns the exit status. Throws UNFOLD_USAGE for an unknown name. */
export function fieldsCommand(names: readonly string[], options: { json?: boolean }): number {
  const all = reference();
  for (const name of names) {
    if (all.fields.some((field) => field.name === name.toLowerCase())) continue;
    const near = nearest(
      name,
      all.fields.map((field) => field.name),
    );
    throw new UnfoldError(
      'UNFOLD_USAGE',
      `There is no field ${name}${near === null ? '' : `; did you mean ${near}?`}`,
      {
        remedy: '`unfold fields` lists them.',
      },
    );
  }
  const wanted = names.map((name) => name.toLowerCase());
  const fields = wanted.length === 0 ? all.fields : all.fields.filter(({ name }) => wanted.includes(name));
  if (options.json === true) print(`${toJson({ ...all, fields })}\n`);
  else print(`${wanted.length === 0 ? wholeText(all) : fieldsText(fields, all)}\n`);
  return EXIT.found;
}

function wholeText(all: Reference): string {
  const examples = columns(all.syntax.map(({ query, finds }) => [query, finds]));
  const groups = all.groups.map(({ feature, example }) => {
    const own = all.fields.filter((field) => field.feature === feature);
    return `${paint('bold', feature)}  ${paint('dim', example)}\n${listText(own)}\n`;
  });
  const ofSystem = listText(all.fields.filter(({ feature }) => feature === 'system'));
  return [examples, '', `${paint('bold', 'system')}\n${ofSystem}\n`, ...groups].join('\n').trimEnd();
}

function listText(fields: Reference['fields']): string {
  return columns(
    fields.map(({ name, type, description }) => [`${name}:`, `${type.padEnd(8)} ${description}`]),
  );
}

function fieldsText(fields: Reference['fields'], { types }: Reference): string {
  return fields
    .map(({ name, feature, type, description, examples }) => {
      const values = types.find((one) => one.type === type)?.values ?? '';
      const lines = [description, `${type}: ${values}`, ...examples.map((example) => paint('cyan', example))];
      return `${paint('bold', `${name}:`)}  ${paint('dim', feature)}\n${lines.map((line) => `  ${line}`).join('\n')}`;
    })
    .join('\n\n');
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${paint('cyan', first.padEnd(width))}  ${second}`).join('\n');
}
