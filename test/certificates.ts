// Authorities and certificates for a test, made by openssl.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Authority {
  /** PEM file of its certificate. */
  readonly file: string;
  readonly pem: string;
  readonly fingerprint: string;
  /** A key and a certificate for a name such as `IP:127.0.0.1`, with the authority's behind it. */
  sign(name: string): { key: string; cert: string };
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority in a folder. Two of the same name cannot be told apart by their name. */
export function makeAuthority(folder: string, id: string, name: string): Authority {
  const path = (suffix: string): string => join(folder, `${id}-${suffix}`);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const file = path('ca.pem');
  const subject = ['-subj', `/CN=${name}`];
  openssl('req', '-x509', ...KEY, '-keyout', path('ca.key'), '-out', file, ...subject, '-days', '2');
  const pem = readFileSync(file, 'utf8');
  return {
    file,
    pem,
    fingerprint: new X509Certificate(pem).fingerprint256,
    sign(names) {
      writeFileSync(path('extensions'), `subjectAltName=${names}\n`);
      openssl('req', ...KEY, '-keyout', path('key'), '-out', path('csr'), '-subj', '/CN=node');
      const authority = ['-CA', file, '-CAkey', path('ca.key'), '-CAcreateserial'];
      const request = ['-req', '-in', path('csr'), '-extfile', path('extensions'), '-days', '2'];
      openssl('x509', ...request, ...authority, '-out', path('pem'));
      return {
        key: readFileSync(path('key'), 'utf8'),
        cert: readFileSync(path('pem'), 'utf8') + pem,
      };
    },
  };
}
