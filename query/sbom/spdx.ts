// A bill of materials as SPDX 2.3, JSON.
import { createHash } from 'node:crypto';
import type { SystemKind } from '../../schemas/system.ts';
import { contactOf } from './contact.ts';
import { jsonArray, type Materials } from './materials.ts';
import { filesOf, packagesOf, type ListedFile, type ListedPackage } from './packages.ts';
import type { Subject } from './subject.ts';

const PURPOSES: Readonly<Record<SystemKind, string>> = {
  vm: 'DEVICE',
  host: 'DEVICE',
  container: 'CONTAINER',
  image: 'CONTAINER',
};
const DOCUMENT = 'SPDXRef-DOCUMENT';
const SYSTEM = 'SPDXRef-System';
const OS = 'SPDXRef-OperatingSystem';
/** Nobody has looked: which is what is said of licences that no package manager tells. */
const UNKNOWN = {
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
};

/** Writes the document. Facts are read once more for the relationships, rather than kept. */
export async function* spdx(materials: Materials): AsyncGenerator<string, void> {
  const { subject, toJson, files } = materials;
  yield `${toJson(head(subject)).slice(0, -1)},\n`;
  yield* jsonArray('packages', packages(materials), toJson);
  if (files) {
    yield ',\n';
    yield* jsonArray('files', fileElements(materials), toJson);
  }
  yield ',\n';
  yield* jsonArray('relationships', relationships(materials), toJson);
  yield '}\n';
}

function head({ system, frame, gaps, tool, uuid }: Subject): object {
  const name = system.name || system.id;
  const annotator = `Tool: ${tool.name}-${tool.version}`;
  const date = seconds(frame.at);
  const comment = `This list may lack software of the system. ${gaps.join('; ')}`;
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(name.toWellFormed())}-${uuid}`,
    creationInfo: { created: date, creators: [annotator], ...(gaps.length === 0 ? {} : { comment }) },
    ...(gaps.length === 0
      ? {}
      : { annotations: [{ annotationDate: date, annotationType: 'OTHER', annotator, comment }] }),
  };
}

async function* packages({ engine, subject, signal }: Materials): AsyncGenerator<object> {
  const { system, os } = subject;
  yield {
    SPDXID: SYSTEM,
    name: system.name || system.id,
    ...element(PURPOSES[system.kind]),
    comment: `${system.kind} ${system.id}`,
  };
  if (os?.platform !== undefined)
    yield {
      SPDXID: OS,
      name: os.platform,
      ...(os.version === undefined ? {} : { versionInfo: os.version }),
      ...element('OPERATING_SYSTEM'),
    };
  for await (const listed of packagesOf(engine, subject, signal)) yield packageElement(listed);
}

function packageElement({ key, entry, purl }: ListedPackage): object {
  const { name, version, description, maintainer, source, status } = entry;
  const locator = { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl };
  return {
    SPDXID: idOf('Package', key),
    name,
    versionInfo: version,
    ...(maintainer === undefined ? {} : { supplier: supplier(maintainer) }),
    ...element(null),
    ...(source === undefined
      ? {}
      : { sourceInfo: `built from source package ${source.name} ${source.version}` }),
    ...(description === undefined ? {} : { summary: description }),
    ...(status === 'installed' ? {} : { comment: `status: ${status}` }),
    ...(purl === null ? {} : { externalRefs: [locator] }),
  };
}

function element(purpose: string | null): object {
  const known = purpose === null ? {} : { primaryPackagePurpose: purpose };
  return { downloadLocation: 'NOASSERTION', filesAnalyzed: false, ...UNKNOWN, ...known };
}

async function* fileElements({ engine, subject, signal }: Materials): AsyncGenerator<object> {
  for await (const { entry, sha256 } of filesOf(engine, subject, signal))
    yield {
      SPDXID: idOf('File', entry.path),
      fileName: `.${entry.path}`,
      checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
      licenseConcluded: 'NOASSERTION',
      copyrightText: 'NOASSERTION',
    };
}

async function* relationships(materials: Materials): AsyncGenerator<object> {
  const { engine, subject, files, signal } = materials;
  yield related(DOCUMENT, 'DESCRIBES', SYSTEM);
  if (subject.os?.platform !== undefined) yield related(SYSTEM, 'CONTAINS', OS);
  const keys = new Map<string, string>();
  for await (const { key, entry } of packagesOf(engine, subject, signal)) {
    keys.set(entry.name, key);
    yield related(SYSTEM, 'CONTAINS', idOf('Package', key));
  }
  if (!files) return;
  for await (const listed of filesOf(engine, subject, signal))
    yield related(holderOf(listed, keys), 'CONTAINS', idOf('File', listed.entry.path));
}

/** The package that owns a file, else the system. */
function holderOf({ entry }: ListedFile, keys: ReadonlyMap<string, string>): string {
  const key = keys.get(entry.package?.name ?? '');
  return key === undefined ? SYSTEM : idOf('Package', key);
}

function related(spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

/** An id that tells its element and has none but allowed characters. */
function idOf(what: string, key: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `SPDXRef-${what}-${key.replace(/[^A-Za-z0-9.-]+/g, '-').slice(-64)}-${digest}`;
}

/** Whether a person or an organisation maintains a package, its maintainer field does not tell. */
function supplier(maintainer: string): string {
  const { name, email } = contactOf(maintainer);
  return `Person: ${name}${email === null ? '' : ` (${email})`}`;
}

/** SPDX knows no fractions of seconds. */
function seconds(instant: string): string {
  return instant.replace(/\.\d+Z$/, 'Z');
}
