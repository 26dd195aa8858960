// The extractors, in the order in which they run.
import type { Feature } from '../../schemas/entries.ts';
import type { Extractor } from './extractor.ts';

/** Loaded when their feature is asked: what masks secrets in files is not needed to list packages. */
const EXTRACTORS: readonly { readonly feature: Feature; load: () => Promise<Extractor> }[] = [
  { feature: 'os', load: async () => (await import('./os.ts')).os },
  { feature: 'package', load: async () => (await import('./dpkg.ts')).dpkg },
  { feature: 'file', load: async () => (await import('./dpkg-files.ts')).dpkgFiles },
  { feature: 'file', load: async () => (await import('./file.ts')).file },
  { feature: 'process', load: async () => (await import('./process.ts')).process },
  { feature: 'connection', load: async () => (await import('./connection.ts')).connection },
  { feature: 'interface', load: async () => (await import('./interface.ts')).networkInterface },
];

/** The extractors of some features. */
export async function extractorsOf(features: readonly Feature[]): Promise<readonly Extractor[]> {
  const asked = EXTRACTORS.filter(({ feature }) => features.includes(feature));
  return Promise.all(asked.map(({ load }) => load()));
}
