// Private keys, made here by the tools that make them: their files, what only looks alike, and keys inside other text.
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyObject } from 'node:crypto';
import { isCredentialFile } from '../../../crawler/redaction/credential-file.ts';
import { redact } from '../../../crawler/redaction/redact.ts';
import { requirement } from '../../requirements.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unfold-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function has(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

function run(command: string, ...args: string[]): Buffer {
  return execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Nothing in the name of a file tells what it is. */
function rule(bytes: Buffer | string): string | null {
  return isCredentialFile('/srv/data/x7', Buffer.from(bytes));
}

const PAIRS = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed25519: generateKeyPairSync('ed25519'),
  x25519: generateKeyPairSync('x25519'),
  dsa: generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
} satisfies Record<string, { privateKey: KeyObject; publicKey: KeyObject }>;
const LOCK = { cipher: 'aes-256-cbc', passphrase: 'x' } as const;

describe('private keys in every container', () => {
  for (const [kind, { privateKey, publicKey }] of Object.entries(PAIRS)) {
    test(`${kind}: PKCS#8, PEM and DER, encrypted and not`, () => {
      for (const lock of [{}, LOCK]) {
        expect(rule(privateKey.export({ type: 'pkcs8', format: 'der', ...lock }))).toBe('private-key-file');
        expect(rule(privateKey.export({ type: 'pkcs8', format: 'pem', ...lock }))).toBe('private-key-file');
      }
    });
    test(`${kind}: the public half stays`, () => {
      const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      expect(rule(publicKey.export({ type: 'spki', format: 'der' }))).toBeNull();
      expect(rule(pem)).toBeNull();
      expect(redact('/srv/x', pem).text).toBe(pem);
    });
  }

  test('the older forms: PKCS#1 and SEC 1', () => {
    for (const [pair, type] of [
      [PAIRS.rsa, 'pkcs1'],
      [PAIRS.ec, 'sec1'],
    ] as const) {
      expect(rule(pair.privateKey.export({ type, format: 'der' }))).toBe('private-key-file');
      expect(rule(pair.privateKey.export({ type, format: 'pem', ...LOCK }))).toBe('private-key-file');
    }
    expect(rule(PAIRS.rsa.publicKey.export({ type: 'pkcs1', format: 'der' }))).toBeNull();
  });

  requirement(
    'ssh-keygen',
    has('ssh-keygen'),
    'it makes OpenSSH keys',
  )('OpenSSH', () => {
    for (const type of ['ecdsa', 'ed25519']) {
      run('ssh-keygen', '-q', '-t', type, '-N', '', '-f', `ssh-${type}`);
      expect(rule(readFileSync(join(folder, `ssh-${type}`)))).toBe('private-key-file');
      const publicKey = readFileSync(join(folder, `ssh-${type}.pub`), 'utf8');
      expect(rule(publicKey)).toBeNull();
      expect(redact('/x', publicKey).text).toBe(publicKey);
    }
  });

  requirement(
    'openssl',
    has('openssl'),
    'it makes certificates and PKCS#12',
  )('PKCS#12 and certificates', () => {
    run(
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'k.pem',
      '-out',
      'c.pem',
      '-subj',
      '/CN=x',
    );
    run(
      'openssl',
      'pkcs12',
      '-export',
      '-inkey',
      'k.pem',
      '-in',
      'c.pem',
      '-passout',
      'pass:x',
      '-out',
      'k.p12',
    );
    run('openssl', 'x509', '-in', 'c.pem', '-outform', 'der', '-out', 'c.der');
    expect(rule(readFileSync(join(folder, 'k.p12')))).toBe('private-key-file');
    expect(rule(readFileSync(join(folder, 'c.der')))).toBeNull();
    const certificate = readFileSync(join(folder, 'c.pem'), 'utf8');
    expect(redact('/x', certificate).text).toBe(certificate);
    const both = certificate + readFileSync(join(folder, 'k.pem'), 'utf8');
    expect(rule(both)).toBeNull();
    const { text, masked } = redact('/x', both);
    expect(masked).toEqual({ 'private-key': 1 });
    expect(text.startsWith(certificate)).toBe(true);
    expect(text.split('\n').length).toBe(both.split('\n').length);
  });

  requirement(
    'keytool',
    has('keytool'),
    'it makes Java key stores',
  )('Java key stores', () => {
    const made = [
      '-storepass',
      'changeit',
      '-keypass',
      'changeit',
      '-dname',
      'CN=x',
      '-alias',
      'a',
      '-keyalg',
      'RSA',
    ];
    for (const type of ['JKS', 'PKCS12', 'JCEKS']) {
      run('keytool', '-genkeypair', '-storetype', type, '-keystore', `s-${type}`, ...made);
      expect(rule(readFileSync(join(folder, `s-${type}`)))).toBe('private-key-file');
    }
    run(
      'keytool',
      '-exportcert',
      '-keystore',
      's-JKS',
      '-storepass',
      'changeit',
      '-alias',
      'a',
      '-file',
      'a.crt',
    );
    run(
      'keytool',
      '-importcert',
      '-noprompt',
      '-storetype',
      'JKS',
      '-keystore',
      'trust',
      '-storepass',
      'changeit',
      '-file',
      'a.crt',
    );
    expect(rule(readFileSync(join(folder, 'trust')))).toBeNull();
  });

  requirement(
    'gpg',
    has('gpg'),
    'it makes OpenPGP keys',
  )('OpenPGP', () => {
    const home = mkdtempSync(join(tmpdir(), 'unfold-gpg-'));
    const gpg = (...args: string[]): Buffer =>
      run('gpg', '--homedir', home, '--batch', '--pinentry-mode', 'loopback', ...args);
    try {
      gpg('--passphrase', '', '--quick-gen-key', 'x@example.org', 'ed25519', 'sign', 'never');
      expect(rule(gpg('--export-secret-keys'))).toBe('private-key-file');
      expect(rule(gpg('--armor', '--export-secret-keys'))).toBe('private-key-file');
      expect(rule(gpg('--export'))).toBeNull();
      expect(rule(gpg('--armor', '--export'))).toBeNull();
      for (const name of readdirSync(join(home, 'private-keys-v1.d'))) {
        expect(rule(readFileSync(join(home, 'private-keys-v1.d', name)))).toBe('private-key-file');
      }
    } finally {
      spawnSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
      rmSync(home, { recursive: true, force: true });
    }
  });

  test('PuTTY, age, OpenVPN, Kerberos, Ansible, KeePass', () => {
    const lines = (count: number): string =>
      Array.from({ length: count }, () => randomBytes(48).toString('base64')).join('\n');
    expect(rule(`PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPrivate-Lines: 2\n${lines(2)}\n`)).toBe(
      'private-key-file',
    );
    expect(rule(`# created: 2026\nAGE-SECRET-KEY-1${'Q'.repeat(58)}\n`)).toBe('private-key-file');
    const vpn = `-----BEGIN OpenVPN Static key V1-----\n${randomBytes(16).toString('hex')}\n`.repeat(1);
    expect(rule(`${vpn}-----END OpenVPN Static key V1-----\n`)).toBe('private-key-file');
    expect(rule(`$ANSIBLE_VAULT;1.1;AES256\n${randomBytes(40).toString('hex')}\n`)).toBe('ansible-vault');
    expect(
      rule(Buffer.concat([Buffer.from('0502', 'hex'), Buffer.from([0, 0, 0, 40]), randomBytes(40)])),
    ).toBe('keytab');
    expect(rule(Buffer.concat([Buffer.from('03d9a29a67fb4bb5', 'hex'), randomBytes(100)]))).toBe(
      'private-key-file',
    );
  });

  test('a bare key counts where its name says so', () => {
    const key = `${randomBytes(32).toString('base64')}\n`;
    expect(isCredentialFile('/etc/wireguard/private.key', Buffer.from(key))).toBe('private-key-file');
    expect(isCredentialFile('/etc/wireguard/public.key', Buffer.from(key))).toBeNull();
    expect(isCredentialFile('/srv/checksum', Buffer.from(key))).toBeNull();
  });
});

test('a key within other text is masked alone, also when it was encoded again or cut off', () => {
  const pem = PAIRS.rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const body = pem.split('\n').slice(1, -2);
  const indented = pem.trimEnd().replaceAll('\n', '\n    ');
  const texts = [
    `tls:\n  key: |\n    ${indented}\n  host: 10.0.0.5\n`,
    JSON.stringify({ key: pem, host: '10.0.0.5' }),
    `client-certificate-data: TUlJ\nclient-key-data: ${Buffer.from(pem).toString('base64')}\nhost: 10.0.0.5\n`,
    `host: 10.0.0.5\n${pem.slice(0, 700)}`,
    `const key = '${pem.trimEnd().replaceAll('\n', "\\n' +\n  '")}';`,
  ];
  for (const text of texts) {
    const redacted = redact('/srv/x.yaml', text).text;
    for (const line of body) expect(redacted).not.toContain(line.slice(4, 40));
    expect(redacted).not.toContain(Buffer.from(pem).toString('base64').slice(100, 140));
    if (text.includes('10.0.0.5')) expect(redacted).toContain('10.0.0.5');
    expect(redacted.split('\n').length).toBe(text.split('\n').length);
    expect(redact('/srv/x.yaml', redacted).text).toBe(redacted);
  }
});

test('any bytes at all are looked at without an error', () => {
  for (let length = 0; length < 400; length++) {
    for (const first of ['', '30', '3082', '0502', 'feedfeed', 'cececece', '95', 'c5']) {
      const bytes = Buffer.concat([Buffer.from(first, 'hex'), randomBytes(length)]);
      expect([null, 'private-key-file', 'keytab', 'credential-file']).toContain(
        isCredentialFile('/srv/x7', bytes),
      );
    }
  }
});

test('an Ansible vault inside of YAML goes, what is around it stays', () => {
  const hex = randomBytes(60).toString('hex');
  const text = `x: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  ${hex.slice(0, 80)}\n  ${hex.slice(80)}\nhost: 10.0.0.5\n`;
  const redacted = redact('/srv/x.yaml', text).text;
  expect(redacted).toBe('x: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  «masked»\n\nhost: 10.0.0.5\n');
});
