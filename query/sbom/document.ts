// A bill of materials as text: JSON with a line per element, in the memory of one element.
import type { AskableIndex } from '../restricted.ts';
import { cyclonedx } from './cyclonedx.ts';
import type { Materials } from './materials.ts';
import { spdx } from './spdx.ts';
import { subjectNamed, type Subject, type SubjectOptions } from './subject.ts';

/** CycloneDX 1.6 or SPDX 2.3. */
export type SbomFormat = 'cyclonedx' | 'spdx';

/** How to write a document. */
export interface SbomOptions extends Omit<SubjectOptions, 'form'> {
  readonly format: SbomFormat;
  /** Whether files with their hashes are part of it. */
  readonly files: boolean;
  /** Writes a value on one line. */
  readonly toJson: (value: unknown) => string;
}

/** A document that is written as it is read: the same text for the same state. */
export interface SbomUnderWay {
  readonly subject: Subject;
  readonly text: AsyncGenerator<string, void>;
}

/** The document about the system that a name names. Throws UNFOLD_SYSTEM_UNKNOWN. */
export async function sbom(
  engine: AskableIndex,
  named: string,
  { format, files, toJson, ...options }: SbomOptions,
): Promise<SbomUnderWay> {
  const { signal } = options;
  const subject = await subjectNamed(engine, named, {
    ...options,
    form: [format, files ? 'files' : 'packages'],
  });
  const materials: Materials = { engine, subject, files, toJson, signal };
  return { subject, text: format === 'spdx' ? spdx(materials) : cyclonedx(materials) };
}
