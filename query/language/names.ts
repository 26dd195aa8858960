// The names that may stand before a colon, and what each stands for.
import type { Feature } from '../../schemas/entries.ts';
import { FIELDS, type Field } from '../../schemas/fields.ts';
import { CHANGED_FIELDS } from './change-span.ts';

const FIELD_BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.name, field]));

/** The features by the names of their groups. */
const FEATURES: ReadonlyMap<string, Feature> = new Map(
  FIELDS.flatMap(({ feature }) => (feature === 'system' ? [] : [[feature, feature] as const])),
);

/** Fields, and the ways to ask what changed: all but `at`. */
export const NAMES: readonly string[] = [...CHANGED_FIELDS.keys(), ...FIELD_BY_NAME.keys()];

/** Whether a value may follow its colon. */
export function isFieldName(name: string): boolean {
  return name === 'at' || CHANGED_FIELDS.has(name) || FIELD_BY_NAME.has(name);
}

/** The feature of which a name with parentheses is a group. */
export function groupFeature(name: string): Feature | null {
  return FEATURES.get(name) ?? null;
}

/** A field; within a group of a feature its own comes first: `version` of an `os` is os.version. */
export function fieldNamed(name: string, within: Feature | null): Field | null {
  return FIELD_BY_NAME.get(`${within ?? ''}.${name}`) ?? FIELD_BY_NAME.get(name) ?? null;
}

/** Whose name it is: of a feature, of the system itself, or of none (null). */
export function ownerOf(name: string): Field['feature'] | null {
  return groupFeature(name) ?? FIELD_BY_NAME.get(name)?.feature ?? CHANGED_FIELDS.get(name) ?? null;
}
