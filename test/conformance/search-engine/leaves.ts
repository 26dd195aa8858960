// Every kind of leaf finds exactly the facts that satisfy it.
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parseAddress } from '../../../indexer/terms/addresses.ts';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { Relation } from '../../../schemas/answer.ts';
import { file, installed, os } from './frames.ts';
import {
  address,
  apply,
  facts,
  field,
  names,
  phrase,
  search,
  withEngine,
  word,
  type OpenEngine,
} from './setting.ts';

export function leafConformance(open: OpenEngine): void {
  wordConformance(open);
  addressConformance(open);
  fieldConformance(open);
}

function wordConformance(open: OpenEngine): void {
  const fill = async (engine: SearchEngine) => {
    await apply(engine, {
      system: 'a',
      at: 1,
      entries: [
        os('debian'),
        installed('nginx', '1.22.1-9', { description: 'small web server' }),
        file('/etc/nginx/nginx.conf', 'Listen 443;\nproxy_pass http://Größe.example;\n'),
        file('/etc/motd', 'web  server of the ΣΊΣΥΦΟΣ team, e\u0301tage 2'),
        file('/srv/Web/plain.txt', 'none'),
        file('/etc/=>', '=> => $$'),
      ],
    });
    await apply(engine, { system: 'b', at: 1, entries: [file('/etc/hosts', 'webserver listening 4430')] });
  };

  test.each([
    ['a word in contents, whatever its case', word('LISTEN'), ['a /etc/nginx/nginx.conf']],
    ['a word in paths', word('hosts'), ['b /etc/hosts']],
    ['a word of a package', word('small'), ['a deb:nginx:amd64']],
    ['a word wherever it stands', word('web'), ['a /etc/motd', 'a /srv/Web/plain.txt', 'a deb:nginx:amd64']],
    ['a word in contents alone', word('web', { within: 'content' }), ['a /etc/motd']],
    [
      'a word in entries alone',
      word('web', { within: 'entry' }),
      ['a /srv/Web/plain.txt', 'a deb:nginx:amd64'],
    ],
    ['a word in one feature', word('web', { feature: 'package' }), ['a deb:nginx:amd64']],
    ['a word with an umlaut', word('grösse'), []],
    ['a word with an umlaut, folded', word('GRÖßE'), ['a /etc/nginx/nginx.conf']],
    ['a word with final sigma', word('σίσυφος'), ['a /etc/motd']],
    ['a word composed another way', word('étage'), ['a /etc/motd']],
    ['never a part of a word', word('serv'), []],
    ['a number', word('443'), ['a /etc/nginx/nginx.conf']],
    ['a phrase over punctuation', phrase('http://größe'), ['a /etc/nginx/nginx.conf']],
    ['a phrase over any blanks', phrase('web server'), ['a /etc/motd', 'a deb:nginx:amd64']],
    ['a phrase in contents alone', phrase('web server', 'content'), ['a /etc/motd']],
    ['a phrase in a path', phrase('/etc/nginx/nginx.conf', 'entry'), ['a /etc/nginx/nginx.conf']],
    ['a phrase that ends within a word', phrase('web serv'), []],
    ['a phrase without any word', phrase('=> =>'), ['a /etc/=>']],
    ['a phrase without any word, in entries', phrase('=>', 'entry'), ['a /etc/=>']],
    ['nothing for an empty phrase', phrase(''), []],
  ])('finds %s', async (_, where, expected) => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect(await facts(engine, where)).toEqual(expected);
    });
  });

  test('gives the text where the leaf looked into it, and only then', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const [inContent] = (await search(engine, word('443'))).systems[0]!.facts;
      expect(inContent).toMatchObject({
        text: 'Listen 443;\nproxy_pass http://Größe.example;\n',
        leaves: [0],
      });
      expect(inContent!.entry).toMatchObject({ content: { encoding: 'utf-8' } });
      expect(JSON.stringify(inContent!.entry)).not.toContain('443');
      const [inPath] = (await search(engine, word('hosts'))).systems[0]!.facts;
      expect(inPath).toMatchObject({ key: '/etc/hosts', text: null });
    });
  });

  test('finds a text by its hash, wherever it is, and gives it', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const text = 'webserver listening 4430';
      await apply(engine, {
        system: 'c',
        at: 1,
        entries: [file('/srv/a', text), file('/srv/b', `${text}\n`)],
      });
      const where = {
        leaf: { leaf: 'content', sha256: createHash('sha256').update(text).digest('hex') },
      } as const;
      expect(await facts(engine, where)).toEqual(['b /etc/hosts', 'c /srv/a']);
      expect((await search(engine, where)).systems[0]?.facts).toMatchObject([{ text, leaves: [0] }]);
      expect(await facts(engine, { leaf: { leaf: 'content', sha256: '0'.repeat(64) } })).toEqual([]);
    });
  });

  test('finds words of any length, and tells apart long ones that begin alike', async () => {
    await withEngine(open, async (engine) => {
      const long = 'x'.repeat(5000);
      await apply(engine, { system: 'a', at: 1, entries: [file('/a', `${long}a`), file('/b', `${long}b`)] });
      expect(await facts(engine, word(`${long}b`))).toEqual(['a /b']);
      expect(await facts(engine, word(long))).toEqual([]);
    });
  });
}

function addressConformance(open: OpenEngine): void {
  const written = [
    '10.1.2.3',
    '10.1.2.0/24',
    '10.1.0.0/16',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '10.1.2.2-10.1.2.9',
    '10.1.1.200-10.1.2.1',
    '10.1.2.250-10.1.3.7',
    '10.1.3.1',
    '2001:db8::/32',
    '2001:db8::1',
    '::/0',
  ];
  const asked: [string, Record<Relation, string[]>][] = [
    [
      '10.1.2.3',
      {
        exact: ['10.1.2.3'],
        contained: [],
        containing: ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.2-10.1.2.9'],
        overlapping: [],
      },
    ],
    [
      '10.1.2.0/24',
      {
        exact: ['10.1.2.0/24'],
        contained: ['10.1.2.2-10.1.2.9', '10.1.2.3'],
        containing: ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16'],
        overlapping: ['10.1.1.200-10.1.2.1', '10.1.2.250-10.1.3.7'],
      },
    ],
    [
      '10.1.2.4-10.1.3.0',
      {
        exact: [],
        contained: [],
        containing: ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16'],
        overlapping: ['10.1.2.0/24', '10.1.2.2-10.1.2.9', '10.1.2.250-10.1.3.7'],
      },
    ],
    [
      '2001:db8::1',
      { exact: ['2001:db8::1'], contained: [], containing: ['2001:db8::/32', '::/0'], overlapping: [] },
    ],
    ['192.0.2.1', { exact: [], contained: [], containing: ['0.0.0.0/0'], overlapping: [] }],
  ];

  test.each(asked)('names every relation to %s', async (range, expected) => {
    await withEngine(open, async (engine) => {
      const entries = written.map((text, number) => file(`/etc/${number}`, `allow ${text};`));
      await apply(engine, { system: 'a', at: 1, entries });
      for (const [relation, texts] of Object.entries(expected)) {
        const found = await facts(engine, address(parseAddress(range)!, [relation as Relation]));
        expect([relation, found.map((fact) => written[Number(fact.split('/').at(-1))]).sort()]).toEqual([
          relation,
          texts,
        ]);
      }
    });
  });

  test('finds addresses in entries as well as in contents', async () => {
    await withEngine(open, async (engine) => {
      const leaf = {
        feature: 'interface' as const,
        key: 'eth0',
        entry: { name: 'eth0', ip: ['192.168.7.9/24'] },
      };
      const features = ['file', 'interface'] as const;
      await apply(engine, { system: 'a', at: 1, features, entries: [leaf, file('/srv/192.168.7.9/log')] });
      const asked = address(parseAddress('192.168.7.9')!, ['exact']);
      expect(await facts(engine, asked)).toEqual(['a /srv/192.168.7.9/log', 'a eth0']);
    });
  });
}

function fieldConformance(open: OpenEngine): void {
  const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
  const fill = async (engine: SearchEngine) => {
    const etc = [
      file('/etc/nginx/nginx.conf', 'x', { owner: 'Postgres', mode: '4755', hash: { sha256 } }),
      file('/etc/NGINX/other[1].conf', 'y', { package: { name: 'nginx-common', modified: true } }),
      file('/etc/link', undefined, { type: 'symlink', target_path: '/etc/alternatives/x' }),
    ];
    await apply(engine, {
      system: 'a',
      at: 1,
      entries: [os('debian'), installed('nginx', '1.22.1-9'), ...etc],
    });
    const ref = { id: 'disk:host1/vm.qcow2', kind: 'vm' as const, name: 'Web1', labels: { tier: 'web' } };
    await apply(engine, { system: ref, at: 1, entries: [os('alpine', '3.20'), installed('nginx-core')] });
  };

  test.each([
    ['package', 'NGINX', 'is', ['a deb:nginx:amd64']],
    ['package', 'nginx*', 'glob', ['Web1 deb:nginx-core:amd64', 'a deb:nginx:amd64']],
    ['package', '*-c?re', 'glob', ['Web1 deb:nginx-core:amd64']],
    ['package', undefined, 'exists', ['Web1 deb:nginx-core:amd64', 'a deb:nginx:amd64']],
    ['version', '1.22.*', 'glob', ['a deb:nginx:amd64']],
    ['os', 'alpine', 'is', ['Web1 os']],
    ['path', '/etc/nginx/nginx.conf', 'is', ['a /etc/nginx/nginx.conf']],
    ['path', '/ETC/nginx/nginx.conf', 'is', []],
    ['path', '/etc/nginx/*', 'glob', ['a /etc/NGINX/other[1].conf', 'a /etc/nginx/nginx.conf']],
    ['path', '*[1].conf', 'glob', ['a /etc/NGINX/other[1].conf']],
    ['target', '/etc/alternatives/*', 'glob', ['a /etc/link']],
    ['type', 'symlink', 'is', ['a /etc/link']],
    ['owner', 'postgres', 'is', ['a /etc/nginx/nginx.conf']],
    ['mode', '4755', 'is', ['a /etc/nginx/nginx.conf']],
    ['hash', sha256.toUpperCase(), 'is', ['a /etc/nginx/nginx.conf']],
    ['hash', '9f86*', 'glob', ['a /etc/nginx/nginx.conf']],
    ['hash', undefined, 'exists', ['a /etc/nginx/nginx.conf']],
    ['owned-by', 'nginx-common', 'is', ['a /etc/NGINX/other[1].conf']],
    ['modified', 'true', 'is', ['a /etc/NGINX/other[1].conf']],
    ['no-such-field', 'x', 'is', []],
  ] as const)('field %s %s (%s)', async (name, value, op, expected) => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect(await facts(engine, field(name, value, op))).toEqual(expected);
    });
  });

  test.each([
    ['system', 'web1', 'is', ['Web1']],
    ['system', 'DISK:host1/vm.qcow2', 'is', ['Web1']],
    ['system', 'rootfs:*', 'glob', ['a']],
    ['system', undefined, 'exists', ['Web1', 'a']],
    ['kind', 'VM', 'is', ['Web1']],
    ['kind', 'h*', 'glob', ['a']],
    ['label', 'Tier=WEB', 'is', ['Web1']],
    ['label', 'tier=*', 'glob', ['Web1']],
    ['label', undefined, 'exists', ['Web1']],
    ['label', 'web', 'is', []],
  ] as const)('field %s %s (%s) is about the system itself', async (name, value, op, expected) => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect(await names(engine, field(name, value, op))).toEqual(expected);
      expect(await facts(engine, field(name, value, op))).toEqual([]);
    });
  });
}
