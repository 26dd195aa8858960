// Bills of materials: what a package manager installed, the same text for the same state, and never silently less.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { purlOf } from '../../../query/sbom/packages.ts';
import type { SbomFormat } from '../../../query/sbom/document.ts';
import type { PackageEntry } from '../../../schemas/entries.ts';
import { file, installed, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { apply } from '../../conformance/search-engine/setting.ts';
import { withFleet } from '../setting.ts';
import { document, SHA256, WEB1 } from './documents.ts';

describe('CycloneDX', () => {
  test('lists what is installed, with package URLs that name the distribution', () =>
    withFleet([WEB1], async (engine) => {
      const { json, subject } = await document(engine, 'cyclonedx');
      expect(subject.gaps).toEqual([]);
      expect(json).toMatchObject({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        metadata: { timestamp: '2026-01-01T12:00:00.000Z', component: { type: 'device', name: 'web1' } },
        compositions: [{ aggregate: 'unknown', assemblies: ['system'] }],
      });
      expect(json).not.toHaveProperty('annotations');
      expect(json['components']).toMatchObject([
        { type: 'operating-system', name: 'debian', version: '12' },
        {
          name: 'libssl3',
          purl: 'pkg:deb/debian/libssl3@1:3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl%403.0.11-1',
        },
        {
          name: 'nginx',
          version: '1.22.1-9',
          purl: 'pkg:deb/debian/nginx@1.22.1-9?arch=amd64&distro=debian-12',
          supplier: { name: 'Debian Nginx Maintainers', contact: [{ email: 'nginx@example.org' }] },
        },
      ]);
    }));

  test('lists files with known hashes where they are asked for', () =>
    withFleet([WEB1], async (engine) => {
      const { json } = await document(engine, 'cyclonedx', { files: true });
      const files = (json['components'] as Record<string, unknown>[]).filter(({ type }) => type === 'file');
      expect(files.map(({ name }) => name)).toEqual(['/srv/app', '/usr/sbin/nginx']);
      expect(files[1]).toMatchObject({
        hashes: [{ alg: 'SHA-256', content: SHA256 }],
        properties: [{ name: 'unfold:file:package', value: 'nginx' }],
      });
    }));
});

describe('SPDX', () => {
  test('describes the system, which contains its packages, which contain their files', () =>
    withFleet([WEB1], async (engine) => {
      const { json } = await document(engine, 'spdx', { files: true });
      expect(json).toMatchObject({
        spdxVersion: 'SPDX-2.3',
        dataLicense: 'CC0-1.0',
        SPDXID: 'SPDXRef-DOCUMENT',
        name: 'web1',
        creationInfo: { created: '2026-01-01T12:00:00Z', creators: ['Tool: unfold-0.0.0'] },
      });
      const names = new Map<string, string>();
      for (const { SPDXID, name, fileName } of [
        ...(json['packages'] as Record<string, string>[]),
        ...(json['files'] as Record<string, string>[]),
      ])
        names.set(SPDXID ?? '', name ?? fileName ?? '');
      const relationships = (json['relationships'] as Record<string, string>[]).map(
        ({ spdxElementId = '', relationshipType, relatedSpdxElement = '' }) =>
          [names.get(spdxElementId) ?? spdxElementId, relationshipType, names.get(relatedSpdxElement)].join(
            ' ',
          ),
      );
      expect(relationships).toEqual([
        'SPDXRef-DOCUMENT DESCRIBES web1',
        'web1 CONTAINS debian',
        'web1 CONTAINS libssl3',
        'web1 CONTAINS nginx',
        'web1 CONTAINS ./srv/app',
        'nginx CONTAINS ./usr/sbin/nginx',
      ]);
    }));
});

describe.each<SbomFormat>(['cyclonedx', 'spdx'])('%s', (format) => {
  test('is the same for the same state, and another for another', () =>
    withFleet([WEB1], async (engine) => {
      const first = await document(engine, format);
      expect((await document(engine, format)).text).toBe(first.text);
      await apply(engine, { ...WEB1, at: 2, entries: [os('debian', '12'), installed('nginx', '1.22.1-10')] });
      const second = await document(engine, format);
      expect(second.subject.uuid).not.toBe(first.subject.uuid);
      expect(second.text).toContain('1.22.1-10');
      const past = await document(engine, format, { at: new Date('2026-01-01T18:00:00Z') });
      expect(past.text).toBe(first.text);
      expect((await document(engine, format, { files: true })).subject.uuid).not.toBe(second.subject.uuid);
    }));

  test.each<[string, Partial<FrameSketch>, RegExp]>([
    [
      'the crawl was partial',
      {
        problems: [
          { code: 'UNFOLD_UNREADABLE', extractor: 'dpkg', path: '/var/lib/dpkg/status', message: 'no' },
        ],
      },
      /partial: UNFOLD_UNREADABLE: \/var\/lib\/dpkg\/status/,
    ],
    [
      'packages were not read',
      { features: ['os', 'file'], entries: [] },
      /no-packages: the crawl did not read/,
    ],
    ['no package was found', { entries: [os('other')] }, /no-packages: the crawl found no package/],
  ])('says so in the document where %s', (_, more, said) =>
    withFleet([{ ...WEB1, ...more }], async (engine) => {
      const { json, subject } = await document(engine, format);
      expect(subject.gaps.join('\n')).toMatch(said);
      expect(JSON.stringify(json['annotations'])).toMatch(said);
    }),
  );

  test('says so where the last crawl failed', () =>
    withFleet([WEB1], async (engine) => {
      const before = await document(engine, format);
      await apply(engine, { ...WEB1, at: 2, entries: [], status: 'failed' });
      const after = await document(engine, format);
      expect(JSON.stringify(after.json['annotations'])).toContain('failed: ');
      expect(after.subject.uuid).not.toBe(before.subject.uuid);
    }));

  test('is refused where nothing is known', () =>
    withFleet([WEB1], async (engine) => {
      const at = new Date('2025-01-01T00:00:00Z');
      for (const options of [{ named: 'nowhere' }, { at }])
        await expect(document(engine, format, options)).rejects.toMatchObject({
          code: 'UNFOLD_SYSTEM_UNKNOWN',
        });
    }));
});

describe('whatever packages and files are called', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const packages = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1, maxLength: 20 }),
      version: fc.string({ minLength: 1, maxLength: 20 }),
      description: text,
      maintainer: fc.oneof(text, fc.constant('A <a@b>'), fc.constant('<a@b>'), fc.constant('A <<a@b>>')),
      source: fc.record({ name: text, version: text }),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  );
  const paths = fc.uniqueArray(
    text.map((name) => `/${name}`),
    { maxLength: 5 },
  );

  test('ids are unique, and relationships lead somewhere', () =>
    fc.assert(
      fc.asyncProperty(packages, paths, async (some, files) => {
        const entries = [
          os('debian', '12'),
          ...some.map(({ name, version, ...more }) => installed(name, version, more)),
          ...files.map((path) => file(path, undefined, { hash: { sha256: SHA256 } })),
        ];
        await withFleet([{ ...WEB1, entries }], async (engine) => {
          const { json: bom } = await document(engine, 'cyclonedx', { files: true });
          expect(bom['components']).toHaveLength(1 + some.length + files.length);
          const { json } = await document(engine, 'spdx', { files: true });
          const elements = [
            ...(json['packages'] as Record<string, string>[]),
            ...(json['files'] as Record<string, string>[]),
          ];
          const ids = new Set(['SPDXRef-DOCUMENT', ...elements.map(({ SPDXID }) => SPDXID ?? '')]);
          expect(ids.size).toBe(1 + elements.length);
          for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
          for (const { spdxElementId, relatedSpdxElement } of json['relationships'] as Record<
            string,
            string
          >[])
            expect([ids.has(spdxElementId ?? ''), ids.has(relatedSpdxElement ?? '')]).toEqual([true, true]);
        });
      }),
      { numRuns: 20 },
    ));
});

test.each<[Partial<PackageEntry>, Parameters<typeof purlOf>[1], string | null]>([
  [{}, null, 'pkg:deb/a@1-1?arch=amd64'],
  [{}, { platform: 'alpine' }, 'pkg:deb/alpine/a@1-1?arch=amd64&distro=alpine'],
  [{ source: { name: 'b', version: '1-1' } }, null, 'pkg:deb/a@1-1?arch=amd64&upstream=b'],
  [{ name: '' }, null, null],
])('package URL of %j on %j', (more, system, purl) => {
  const entry: PackageEntry = {
    name: 'a',
    version: '1-1',
    architecture: 'amd64',
    type: 'deb',
    status: 'installed',
  };
  expect(purlOf({ ...entry, ...more }, system)).toBe(purl);
});
