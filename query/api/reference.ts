// The reference as a page: made of the OpenAPI document, the field catalogue and the error catalogue, with nothing from elsewhere.
import { ERROR_CODES } from '../../schemas/error.ts';
import { reference } from '../language/reference.ts';
import type { Api } from './api.ts';

/** What is read of the document. */
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Contents };
  readonly responses: Readonly<Record<string, { readonly content?: Contents }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Contents = Readonly<Record<string, { readonly schema: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly default?: unknown;
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#e1e5ea, #2b343f); --dim: light-dark(#556270, #9aa7b4);
  --accent: light-dark(#1d5fd6, #7db0ff); --surface: light-dark(#fff, #181e25);
  font: 15px/1.5 system-ui, 'DejaVu Sans', sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; background: light-dark(#f6f7f9, #101418);
  color: light-dark(#18212c, #e4e9ef); }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1.2rem; }
a { color: var(--accent); } code, .method { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: .9em; }
section { margin: 1rem 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
section h3 { margin: 0 0 .3rem; font-size: 1rem; overflow-wrap: anywhere; } .method { color: var(--accent); font-weight: 700; }
p { margin: .3rem 0; } .dim, td:last-child { color: var(--dim); } .wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; } th { text-align: left; font-weight: 600; }
td, th { padding: .3rem .8rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
tr:target { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** Adds /reference. Call it when every other route is there. */
export function addReferenceRoutes(api: Api): void {
  api.get('/reference.css', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(STYLE),
  );
  api.get('/reference', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(page(api.swagger() as unknown as Document)),
  );
}

function page({ info, paths }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationText(method, path, operation)),
  );
  const codes = Object.entries(ERROR_CODES).map(
    ([code, remedy]) => `<tr id="${code}"><td><code>${code}</code></td><td>${escaped(remedy)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)} API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/reference.css"></head><body>
<main><h1>${escaped(info.title)} API ${escaped(info.version)}</h1><p>${escaped(info.description ?? '')}</p>
<p><a href="/">The page</a> · <a href="/openapi.json">The OpenAPI document</a> · <a href="#language">The query language</a> · <a href="#errors">Error codes</a></p>
${operations.join('\n')}
${languageText()}
<h2 id="errors">Error codes</h2><p>An error is a problem by RFC 9457 with a <code>code</code> and a <code>remedy</code>.</p>
<div class="wide"><table><tr><th>Code</th><th>What to do</th></tr>${codes.join('\n')}</table></div></main></body></html>
`;
}

function languageText(): string {
  const { syntax, groups, types, fields } = reference();
  const table = (heads: readonly string[], rows: readonly (readonly string[])[]) =>
    `<div class="wide"><table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${rows
      .map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
      .join('\n')}</table></div>`;
  const codes = (examples: readonly string[]) =>
    examples.map((text) => `<code>${escaped(text)}</code>`).join('<br>');
  const asked = syntax.map(({ query, finds }) => [codes([query]), escaped(finds)]);
  const grouped = groups.map(({ feature, example }) => [codes([example]), `one fact of ${feature}`]);
  const valued = types.map(({ type, values }) => [type, escaped(values)]);
  const named = fields.map(({ name, feature, type, examples, description }) => [
    ...[codes([`${name}:`]), feature, type, codes(examples), escaped(description)],
  ]);
  return `<h2 id="language">The query language</h2>${table(['Query', 'Finds'], [...asked, ...grouped])}
<h3>Values</h3>${table(['Type', 'What may stand behind the colon'], valued)}
<h3>Fields</h3>${table(['Field', 'Of', 'Type', 'Examples', ''], named)}`;
}

function operationText(method: string, path: string, operation: Operation): string {
  const { operationId = '', summary = '', parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: where, required = false, description = '', schema }) =>
      `<tr><td><code>${escaped(name)}</code>${required ? ' *' : ''}</td><td>${where}</td>` +
      `<td><code>${escaped(typeText(schema))}</code></td><td>${escaped(description)}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<div class="wide"><table><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr>${rows.join('')}</table></div>`;
  const body = requestBody === undefined ? '' : `<p>Takes ${contentText(requestBody.content)}</p>`;
  const answer = responses['200']?.content;
  return `<section id="${escaped(operationId)}"><h3><span class="method">${method.toUpperCase()}</span> <code>${escaped(path)}</code></h3>
<p>${escaped(summary)}</p>${table}${body}${answer === undefined ? '' : `<p>Answers ${contentText(answer)}</p>`}</section>`;
}

function contentText(content: Contents): string {
  return Object.entries(content)
    .map(([type, { schema }]) => `<code>${escaped(type)}</code> (${escaped(typeText(schema))})`)
    .join(' or ');
}

/** A type on a few words; a default after it. */
function typeText(schema: Schema): string {
  const name =
    schema.$ref?.split('/').at(-1) ??
    schema.enum?.map(String).join(' | ') ??
    schema.anyOf?.map(typeText).join(' | ') ??
    (schema.const === undefined ? undefined : JSON.stringify(schema.const)) ??
    schema.type ??
    'any';
  return schema.default === undefined ? name : `${name} = ${JSON.stringify(schema.default)}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
