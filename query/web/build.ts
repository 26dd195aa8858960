// Builds the page into dist/query/web, or the folder that is named: plain files, nothing from elsewhere.
import { join, resolve } from 'node:path';
import { build } from 'vite';

/** Builds into a folder, which is emptied first. */
export async function buildPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: import.meta.dirname,
    // Views have paths of their own, at any depth.
    base: '/',
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2024',
      assetsInlineLimit: 0,
      modulePreload: false,
    },
  });
}

if (import.meta.main)
  await buildPage(resolve(process.argv[2] ?? join(import.meta.dirname, '../../dist/query/web')));
