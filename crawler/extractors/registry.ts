// The extractors, in the order in which they run.
import { dpkg } from './dpkg.ts';
import { dpkgFiles } from './dpkg-files.ts';
import type { Extractor } from './extractor.ts';
import { file } from './file.ts';
import { os } from './os.ts';

export const EXTRACTORS: readonly Extractor[] = [os, dpkg, dpkgFiles, file];
