// A bill of materials as CycloneDX 1.6, JSON.
import type { SystemKind } from '../../schemas/system.ts';
import { jsonArray, type Materials } from './materials.ts';
import { filesOf, packagesOf, type ListedFile, type ListedPackage } from './packages.ts';
import { contactOf } from './contact.ts';
import type { Subject } from './subject.ts';

const KINDS: Readonly<Record<SystemKind, string>> = {
  vm: 'device',
  host: 'device',
  container: 'container',
  image: 'container',
};
const ROOT = 'system';

/** Writes the document. */
export async function* cyclonedx(materials: Materials): AsyncGenerator<string, void> {
  const { subject, toJson } = materials;
  const head = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${subject.uuid}`,
    version: 1,
    metadata: metadata(subject),
  };
  yield `${toJson(head).slice(0, -1)},\n`;
  yield* jsonArray('components', components(materials), toJson);
  // What no package manager installed is not listed, so that nothing ever says that all is there.
  const aggregate = subject.gaps.length > 0 ? 'incomplete' : 'unknown';
  yield `,\n"compositions":${toJson([{ aggregate, assemblies: [ROOT] }])}`;
  if (subject.gaps.length > 0) yield `,\n"annotations":${toJson([annotation(subject)])}`;
  yield '}\n';
}

async function* components({ engine, subject, files, signal }: Materials): AsyncGenerator<object> {
  const { os } = subject;
  if (os?.platform !== undefined)
    yield {
      type: 'operating-system',
      'bom-ref': 'os',
      name: os.platform,
      ...(os.version === undefined ? {} : { version: os.version }),
      ...(os.full === undefined ? {} : { description: os.full }),
    };
  for await (const listed of packagesOf(engine, subject, signal)) yield packageComponent(listed);
  if (files) for await (const listed of filesOf(engine, subject, signal)) yield fileComponent(listed);
}

function packageComponent({ key, entry, purl }: ListedPackage): object {
  const { name, version, description, maintainer, source, status } = entry;
  return {
    type: 'library',
    'bom-ref': `package:${key}`,
    ...(maintainer === undefined ? {} : { supplier: supplier(maintainer) }),
    name,
    version,
    ...(description === undefined ? {} : { description }),
    ...(purl === null ? {} : { purl }),
    properties: properties({
      'package:type': entry.type,
      'package:status': status,
      'package:source:name': source?.name,
      'package:source:version': source?.version,
    }),
  };
}

function fileComponent({ entry, sha256 }: ListedFile): object {
  return {
    type: 'file',
    'bom-ref': `file:${entry.path}`,
    name: entry.path,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    ...(entry.package === undefined
      ? {}
      : { properties: properties({ 'file:package': entry.package.name }) }),
  };
}

function metadata({ system, frame, gaps, tool }: Subject): object {
  return {
    timestamp: frame.at,
    lifecycles: [{ phase: 'operations' }],
    tools: { components: [{ type: 'application', ...tool }] },
    component: { type: KINDS[system.kind], 'bom-ref': ROOT, name: system.name || system.id },
    properties: properties({
      'system:id': system.id,
      'system:kind': system.kind,
      ...Object.fromEntries(Object.entries(system.labels).map(([key, value]) => [`label:${key}`, value])),
      'frame:id': frame.id,
      coverage: gaps.length > 0 ? 'incomplete' : 'complete',
    }),
  };
}

function annotation({ frame, gaps, tool }: Subject): object {
  return {
    'bom-ref': 'coverage',
    subjects: [ROOT],
    annotator: { component: { type: 'application', ...tool } },
    timestamp: frame.at,
    text: `This list may lack software of the system. ${gaps.join('; ')}`,
  };
}

function supplier(maintainer: string): object {
  const { name, email } = contactOf(maintainer);
  return { name, ...(email === null ? {} : { contact: [{ email }] }) };
}

function properties(values: Readonly<Record<string, string | undefined>>): object[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name: `unfold:${name}`, value }],
  );
}
