// The reference of the query language, made of the field catalogue: what can be asked, and how values of each field.
import type { z } from 'zod';
import type { FieldsAnswer } from '../../schemas/api.ts';
import type { Feature } from '../../schemas/entries.ts';
import { FIELDS, type Field, type FieldType } from '../../schemas/fields.ts';

/** A query, and what it finds. */
const SYNTAX: readonly { query: string; finds: string }[] = [
  { query: 'nginx 10.20.30.40', finds: 'both, anywhere on the system' },
  { query: '"listen 443"', finds: 'words in this order' },
  { query: 'nginx* *conn* db-?', finds: 'the beginning of a word, a part of one, one character of any kind' },
  { query: String.raw`/max_\w+ = \d+/`, finds: 'a regular expression (RE2, case aside)' },
  { query: '10.20.0.0/16', finds: 'addresses in a network or range, and networks that cover it' },
  { query: 'package:nginx', finds: 'the value of a field' },
  { query: 'package:(nginx OR apache2)', finds: 'one of several values' },
  { query: 'owner:*', finds: 'any value' },
  {
    query: 'package:openssl version:<3.0.11',
    finds: 'a package in such a version, by the rules of its manager',
  },
  { query: 'port:8000..8999', finds: 'from … to, both included; > >= < <= compare, too' },
  { query: 'file:(path:/etc/** 10.1.2.3)', finds: 'one file of which all of it holds' },
  { query: '-path:/tmp/* NOT nginx', finds: 'systems of which it is known that they have neither' },
  { query: 'nginx OR (apache2 -os:alpine)', finds: 'either' },
  {
    query: 'nginx at:yesterday',
    finds: 'what held then: 2026-11-22 (its end), 2026-11-22T10:00, now-1d; UTC',
  },
  {
    query: 'changed.package:now-1d',
    finds: 'what began or ended since: >=2026-11-01, 2026-11-01..2026-11-07',
  },
];

const GROUPS: Readonly<Record<Feature, string>> = {
  os: 'os:(debian version:<12)',
  file: 'file:(path:/etc/** 10.1.2.3)',
  package: 'package:(openssl version:<3.0.11)',
  process: 'process:(nginx user:root)',
  connection: 'connection:(remote:10.0.0.0/8 port:5432)',
  interface: 'interface:(eth0 ip:10.0.0.0/8)',
};

/** How values of a type are asked for; without the field. */
const TYPES: Readonly<Record<FieldType, string>> = {
  keyword: 'the whole value, case aside; * and ? in it are wildcards, /…/ is a regular expression',
  path: 'the whole path; * and ? in it are wildcards, **/ is any number of folders, /…/ a regular expression',
  text: 'words, "phrases", wildcards, /regular expressions/, addresses',
  version: 'a version, with wildcards, compared (<3.0.11) or between two (1.0..2.0)',
  number: 'a number, compared (>=1024) or between two (1..1023)',
  date: 'a date, compared (>=2026-11-01) or between two (2026-11-01..2026-11-07)',
  address: 'an address, network or range in any notation, with a port where there is one',
};

/** The reference as data: `unfold fields --json`, /v1/fields. */
export function reference(): z.infer<typeof FieldsAnswer> {
  return {
    schema: 'unfold.fields/1',
    syntax: [...SYNTAX],
    groups: Object.entries(GROUPS).map(([feature, example]) => ({ feature: feature as Feature, example })),
    types: [...new Set(FIELDS.map(({ type }) => type))].map((type) => ({ type, values: TYPES[type] })),
    fields: FIELDS.map((field) => {
      const { name, feature, type, description, example } = field;
      return { name, feature, type, description, example, examples: [example, ...moreExamples(field)] };
    }),
  };
}

/** Other ways to ask for the value of a field's example. */
function moreExamples({ name, type, example }: Field): string[] {
  const value = example.slice(name.length + 1);
  const literal = value.replaceAll(/\.?\*+/g, '');
  switch (type) {
    case 'keyword':
      return [`${name}:/${value.startsWith('*') ? '' : '^'}${literal.replaceAll('.', String.raw`\.`)}/`];
    case 'path':
      return [`${name}:${literal.replace(/\/$/, '')}/**`];
    case 'text':
      return [
        `${name}:"${literal} = 100"`,
        `${name}:${literal.slice(0, 8)}*`,
        String.raw`${name}:/${literal} *= *\d+/`,
      ];
    case 'version':
      return [`${name}:<${literal}`, `${name}:${literal}..`];
    case 'number':
      return [`${name}:>=${value}`, `${name}:1..1023`];
    case 'date':
      return [`${name}:>=${value}`];
    case 'address':
      return [`${name}:10.1.2.3`, `${name}:10.1.2.1-10.1.2.9`];
  }
}
