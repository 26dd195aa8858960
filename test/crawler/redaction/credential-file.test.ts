// Files of accounts and credentials: told by their names and copies' names, and by content wherever they lie.
import { describe, expect, test } from '@jest/globals';
import { isCredentialFile } from '../../../crawler/redaction/credential-file.ts';
import { redact } from '../../../crawler/redaction/redact.ts';

/** Nothing in the name of a file tells what it is. */
function rule(content: string): string | null {
  return isCredentialFile('/srv/data/x7', Buffer.from(content));
}

const HASHES = ['$6$aB3dE6gH$', '$y$j9T$aB3dE6gH$', '$5$aB3dE6gH$'].map(
  (head) => head + 'aB3dE6gH9jK'.repeat(8).slice(0, 43),
);
const [HASH = ''] = HASHES;
const SHADOW = `root:${HASHES[1] ?? ''}:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\njoe:!:19700::::::\n`;

describe('accounts', () => {
  test.each([
    '/etc/shadow',
    '/etc/shadow-',
    '/etc/gshadow',
    '/etc/gshadow-',
    '/etc/shadow.bak',
    '/etc/shadow~',
    '/etc/.shadow.swp',
    '/etc/#shadow#',
    '/etc/shadow.dpkg-old',
    '/etc/shadow.2026-11-22',
    '/var/backups/shadow.0',
    '/var/backups/shadow.bak.1',
    '/etc/security/opasswd',
    '/etc/nshadow',
    '/etc/shadow+',
    '/srv/Shadow (1)',
  ])('%s by its name', (path) => {
    expect(isCredentialFile(path, Buffer.from('anything'))).toBe('shadow-file');
  });

  test('by content, wherever they lie', () => {
    expect(rule(SHADOW)).toBe('shadow-file');
    expect(rule(`# copy\n\n${SHADOW}`)).toBe('shadow-file');
    expect(rule('root:*::\nsudo:!::joe\nadm:!:joe:joe\n')).toBe('shadow-file');
    expect(rule(`joe:${HASH}\nann:{SSHA}aB3dE6gH9jK2mN5pQ8sT\n`)).toBe('password-file');
  });

  test('hashes inside of other text go alone', () => {
    const script = `#!/bin/sh\n# 10.0.0.5\ncat > /etc/shadow <<EOF\n${SHADOW}EOF\n`;
    expect(rule(script)).toBeNull();
    const { text } = redact('/srv/x7', script);
    expect(text).not.toContain('j9T');
    expect(text).toContain('root:«masked»:19700:0:99999:7:::');
  });

  test('what looks alike stays', () => {
    expect(rule('root:x:0:0:root:/root:/bin/bash\njoe:x:1000:1000::/home/joe:/bin/sh\n')).toBeNull();
    expect(rule('root:x:0:\nadm:*:4:joe\nsudo:x:27:joe,ann\n')).toBeNull();
    expect(rule('fe80::1:2:3\n10.0.0.5:80\n')).toBeNull();
    expect(isCredentialFile('/usr/share/man/man5/shadow.5', Buffer.from('.TH SHADOW 5\n'))).toBeNull();
    expect(isCredentialFile('/usr/include/shadow.h', Buffer.from('/* x */\n'))).toBeNull();
    expect(isCredentialFile('/etc/passwd', Buffer.from('root:x:0:0::/:/bin/sh\n'))).toBeNull();
  });
});

test.each([
  '/home/joe/.netrc',
  '/home/joe/.pgpass',
  '/home/joe/.git-credentials',
  '/home/joe/.aws/credentials',
  '/home/joe/.aws/sso/cache/0123.json',
  '/etc/ppp/chap-secrets',
  '/etc/ipsec.secrets',
  '/etc/postfix/sasl_passwd',
  '/etc/krb5.keytab',
  '/home/joe/.vault-token',
  '/tmp/krb5cc_1000',
  '/var/cache/debconf/passwords.dat',
  '/home/joe/.gnupg/private-keys-v1.d/0123.key',
  '/home/joe/.ssh/id_ed25519',
  '/etc/ssh/ssh_host_rsa_key',
  '/home/joe/.netrc.bak',
])('%s is withheld by its name', (path) => {
  expect(isCredentialFile(path, Buffer.from('anything'))).not.toBeNull();
});

test.each([
  '/home/joe/.ssh/id_ed25519.pub',
  '/etc/ssh/ssh_host_rsa_key.pub',
  '/home/joe/.aws/config',
  '/etc/netconfig',
  '/etc/x.key',
])('%s is not', (path) => {
  expect(isCredentialFile(path, Buffer.from('anything'))).toBeNull();
});
