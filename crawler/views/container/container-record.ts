// A container as its engine's own files tell it.
import type { ContainerInfo } from '../../../schemas/system.ts';

/** What an engine knows, running or not. */
export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: NonNullable<ContainerInfo['image']>;
  readonly ip: readonly string[];
  readonly mounts: ContainerInfo['mounts'];
  /** Absolute paths of the directories of its layers, its own first. */
  readonly layers: readonly string[];
  /** In its layers files whose names begin with `.wh.` stand for what is gone: a program merges them, not the kernel. */
  readonly hasWhiteoutFiles?: boolean;
}

/** JSON of an engine: looked into with care, as versions differ. */
export type Json = Readonly<Record<string, unknown>>;

/** The object at a path of keys; empty where there is none. */
export function objectAt(value: unknown, ...path: readonly string[]): Json {
  let here: unknown = value;
  for (const key of path) here = isObject(here) ? here[key] : undefined;
  return isObject(here) ? here : {};
}

/** The text at a path of keys; undefined where there is none, or an empty one. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const last = path.at(-1) ?? '';
  const text = objectAt(value, ...path.slice(0, -1))[last];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The list at a path of keys. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const last = path.at(-1) ?? '';
  const list = objectAt(value, ...path.slice(0, -1))[last];
  return Array.isArray(list) ? list : [];
}

/** The texts of an object, by key. */
export function textsAt(value: unknown, ...path: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(value, ...path)).filter(
      (each): each is [string, string] => typeof each[1] === 'string',
    ),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without what is undefined. */
export function imageOf(image: {
  [K in keyof ContainerRecord['image']]: string | undefined;
}): ContainerRecord['image'] {
  return Object.fromEntries(Object.entries(image).filter(([, value]) => value !== undefined));
}
