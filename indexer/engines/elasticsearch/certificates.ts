// The authority behind a node's certificate, known by its fingerprint alone.
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { connectionError } from './errors.ts';
import { UnfoldError } from '../../../schemas/error.ts';

const TIMEOUT_MS = 10_000;

/**
 * The certificate with a SHA-256 fingerprint among those that a node shows, as PEM, to be trusted in full verification
 * of each connection. The fingerprint alone would prove nothing: anybody can show a certificate that is public. Throws
 * UNFOLD_ENGINE_UNTRUSTED where it shows none, UNFOLD_ENGINE_UNREACHABLE.
 */
export async function authorityOf(node: URL, fingerprint: string, signal: AbortSignal): Promise<string> {
  const wanted = normal(fingerprint);
  const shown = chain(await shownBy(node, signal));
  const found = shown.find((certificate) => normal(certificate.fingerprint256) === wanted);
  if (found !== undefined) return found.toString();
  throw new UnfoldError(
    'UNFOLD_ENGINE_UNTRUSTED',
    `${node.origin} shows no certificate with the fingerprint of caFingerprint.`,
    { remedy: 'Compare caFingerprint with that of the authority, or name its file with ca.' },
  );
}

function normal(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

function chain(first: X509Certificate | undefined): X509Certificate[] {
  const certificates: X509Certificate[] = [];
  const isNew = ({ fingerprint256: own }: X509Certificate): boolean =>
    certificates.every(({ fingerprint256 }) => fingerprint256 !== own);
  for (let next = first; next !== undefined && isNew(next); next = next.issuerCertificate)
    certificates.push(next);
  return certificates;
}

function shownBy(node: URL, signal: AbortSignal): Promise<X509Certificate | undefined> {
  const host = node.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      {
        host,
        port: Number(node.port || 443),
        ...(isIP(host) === 0 ? { servername: host } : {}),
        // Nothing is sent: this only fetches what is verified afterwards.
        rejectUnauthorized: false,
      },
      () => {
        resolve(socket.getPeerX509Certificate());
        socket.destroy();
      },
    );
    const fail = (reason: string): void => {
      socket.destroy();
      reject(connectionError(node.origin, reason));
    };
    socket.setTimeout(TIMEOUT_MS, () => fail(`no answer within ${TIMEOUT_MS / 1000} s`));
    socket.once('error', (error: Error) => fail(error.message));
    const abort = (): void => fail('interrupted');
    signal.addEventListener('abort', abort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', abort));
  });
}
