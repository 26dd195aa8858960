// A system, and bills of materials of it.
import type { Index } from '../../../indexer/engines/index-keeping.ts';
import { sbom, type SbomFormat, type SbomOptions } from '../../../query/sbom/document.ts';
import type { Subject } from '../../../query/sbom/subject.ts';
import { file, installed, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';

export const SHA256 = 'ab'.repeat(32);
export const WEB1: FrameSketch = {
  system: { id: 'rootfs:host1/srv/web1', kind: 'host', name: 'web1', labels: { tier: 'web' } },
  at: 1,
  entries: [
    os('debian', '12'),
    installed('nginx', '1.22.1-9', {
      description: 'small, powerful, scalable web/proxy server',
      maintainer: 'Debian Nginx Maintainers <nginx@example.org>',
      source: { name: 'nginx', version: '1.22.1-9' },
    }),
    installed('libssl3', '1:3.0.11-1', { source: { name: 'openssl', version: '3.0.11-1' } }),
    installed('gone', '1.0', { status: 'config-files' }),
    file('/usr/sbin/nginx', undefined, { hash: { sha256: SHA256 }, package: { name: 'nginx' } }),
    file('/srv/app', undefined, { hash: { sha256: SHA256 } }),
    file('/srv/secret'),
  ],
};

export interface Document {
  readonly text: string;
  readonly json: Record<string, unknown>;
  readonly subject: Subject;
}

export async function document(
  engine: Index,
  format: SbomFormat,
  options: Partial<SbomOptions> & { readonly named?: string } = {},
): Promise<Document> {
  const { named = 'web1', ...more } = options;
  const { subject, text: pieces } = await sbom(engine, named, {
    at: null,
    format,
    files: false,
    tool: { name: 'unfold', version: '0.0.0' },
    staleAfterHours: 1_000_000,
    toJson: JSON.stringify,
    signal: NO_SIGNAL,
    ...more,
  });
  let text = '';
  for await (const piece of pieces) text += piece;
  return { text, json: JSON.parse(text) as Record<string, unknown>, subject };
}
