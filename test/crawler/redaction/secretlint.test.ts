// Masking against secretlint itself: what its recommended rules find in a text, none of it is left after redact().
import { describe, expect, test } from '@jest/globals';
import { lintSource } from '@secretlint/core';
import { creator, rules } from '@secretlint/secretlint-rule-preset-recommend';
import { redact } from '../../../crawler/redaction/redact.ts';
import { MASK } from '../../../crawler/redaction/rule.ts';
import { VENDOR_TRIGGERS } from '../../../crawler/redaction/vendor-tokens.ts';

/** The rules of secretlint that are not used, and why. */
const VENDOR_REPLACED: Readonly<Record<string, string>> = {
  aws: 'the assignment rule: this one reports the key instead of the value',
  basicauth: 'the URL rule: this one reports the host too',
  'database-connection-string': 'the URL and assignment rules: this one reports the host too',
  'filter-comments': 'a comment in a file of a guest must not switch masking off',
  gcp: 'the private key rule: this one opens the path on the machine of the crawler',
  privatekey: 'the private key rule: this one knows fewer containers',
};

/** Not a real token of anyone: put together here, so that no scanner takes this file for a leak. */
function token(prefix: string, length: number, alphabet = 'aB3dE6gH9jK2mN5pQ8sT'): string {
  return prefix + Array.from({ length }, (_, k) => alphabet.charAt((k * 7) % alphabet.length)).join('');
}

const HEX = '0123456789abcdef';
const LETTERS = 'aBcDeFgHiJkLm';
const DIGITS = '1234567890';

const TOKENS: Readonly<Record<string, string>> = {
  '1password':
    'ops_' + Buffer.from(JSON.stringify({ email: 'x'.repeat(120), z: 'y'.repeat(72) })).toString('base64'),
  anthropic: `${token('sk-' + 'ant-api03-', 93)}AA`,
  cloudflare: token(token('cfut' + '_', 40), 8, HEX),
  databricks: token('da' + 'pi', 32, HEX),
  docker: token('dckr' + '_pat_', 27),
  figma: token('figd' + '_', 44),
  github: token('gh' + 'p_', 36),
  'github fine-grained': token('github' + '_pat_', 82),
  gitlab: token('gl' + 'pat-', 20),
  grafana: token(`${token('gl' + 'sa_', 32)}_`, 8, HEX),
  groq: token('gs' + 'k_', 52),
  'hashicorp-vault': token('hv' + 's.', 95),
  huggingface: token('h' + 'f_', 34, LETTERS),
  linear: token('lin' + '_api_', 40),
  notion: token(token('nt' + 'n_', 11, DIGITS), 35),
  npm: token('np' + 'm_', 36),
  openai: token(`${token('sk-', 20)}T3Blbk` + 'FJ', 20),
  sendgrid: token(`${token('SG' + '.', 22)}.`, 43),
  shopify: token('shp' + 'at_', 32, HEX),
  slack: token(`${token('xo' + 'xb-', 12, DIGITS)}-`, 24),
  'slack webhook': [
    'https://hooks',
    'slack',
    `com/services/${token('T', 10)}/${token('B', 10)}/${token('', 24)}`,
  ].join('.'),
  stripe: token('sk_' + 'live_', 24),
  tailscale: token(`${token('tskey' + '-auth-', 17)}-`, 32),
  vercel: token('vc' + 'p_', 40),
  basicauth: `https://joe:${token('', 12)}@git.example.org/x`,
  'database-connection-string': `postgres://app:${token('', 12)}@db.example.org:5432/x`,
  mongodb: `mongodb+srv://app:${token('', 12)}@db.example.org/x`,
  aws: `aws_secret_access_key = ${token('', 40)}`,
  privatekey: `-----BEGIN RSA PRIVATE KEY-----\nMI${token('', 800)}\n-----END RSA PRIVATE KEY-----`,
};

/** Secretlint takes the mask for a password, and a variable for none. */
async function findings(path: string, content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: {
      filePath: path,
      content: content.replaceAll(MASK, '${masked}'),
      ext: '.txt',
      contentType: 'text',
    },
    options: { config: { rules: [{ id: creator.meta.id, rule: creator }] }, noPhysicFilePath: true },
  });
  return messages.map(({ ruleId }) => ruleId);
}

const FRAMES: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => `# 10.0.0.5\nkey: ${value}\nhost: 10.0.0.5\n`,
  (value) => `{"a": "${value}", "b": 1}`,
  (value) => `run --x ${value} --y`,
  (value) => `text (${value}), text`,
  (value) => `export X='${value}'`,
];

describe('what secretlint finds is gone', () => {
  test.each(Object.keys(TOKENS))('%s', async (name) => {
    const value = TOKENS[name] ?? '';
    for (const path of ['/etc/x.conf', '/usr/share/doc/x/README', '/srv/x.py']) {
      expect(await findings(path, value)).not.toEqual([]);
      for (const frame of FRAMES) {
        const { text, masked } = redact(path, frame(value));
        expect(await findings(path, text)).toEqual([]);
        expect(masked).not.toEqual({});
      }
    }
  });
});

test('every rule of the preset is used or replaced on purpose', () => {
  const ids = rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''));
  expect([...Object.keys(VENDOR_TRIGGERS), ...Object.keys(VENDOR_REPLACED)].sort()).toEqual(ids.sort());
});

test('a comment for secretlint in a file does not switch masking off', () => {
  const value = TOKENS['github'] ?? '';
  expect(redact('/etc/x.conf', `# secretlint-disable\n${value}\n`).text).not.toContain(value);
});

test('where the token of a URL goes, its host stays', () => {
  expect(redact('/etc/x.conf', TOKENS['database-connection-string'] ?? '').text).toContain(
    '@db.example.org:5432/x',
  );
  expect(redact('/etc/x.conf', TOKENS['slack webhook'] ?? '').text).toContain('slack.com/services/');
});
