// A YAML file whose mistakes can be named by line and column.
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { UnfoldError } from '../schemas/error.ts';

/** A mistake; `offset` points into the text. */
export interface Mistake {
  offset: number;
  message: string;
}

/** A file that is YAML. `value` is null where it is empty. */
export interface YamlFile {
  readonly document: Document;
  readonly value: unknown;
  /** The error that names mistakes, a line each. */
  readonly invalid: (mistakes: readonly Mistake[]) => UnfoldError;
}

/** Reads a YAML file. Throws UNFOLD_PATH_UNREADABLE, or UNFOLD_CONFIG_INVALID where it is not YAML. */
export function readYaml(file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const invalid = (mistakes: readonly Mistake[]): UnfoldError => {
    const named = mistakes.map(({ offset, message }) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}: ${message}`;
    });
    return new UnfoldError('UNFOLD_CONFIG_INVALID', named.join('\n'));
  };
  if (document.errors.length > 0)
    throw invalid(
      document.errors.map(({ pos, message }) => ({ offset: pos[0], message: message.split('\n')[0] ?? '' })),
    );
  try {
    return { document, value: document.toJS(), invalid };
  } catch (error) {
    // Aliases without end.
    throw invalid([{ offset: 0, message: error instanceof Error ? error.message : String(error) }]);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UnfoldError('UNFOLD_PATH_UNREADABLE', `The configuration file ${file} cannot be read.`, {
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
}
