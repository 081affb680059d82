import { fileURLToPath } from 'node:url';

import { invalid } from './errors.js';

/** What a value is, for a message. */
export function kind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'object') return `a ${value.constructor?.name ?? 'object'}`;
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}

/** A text. */
export function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalid(`${name} is a text, not ${kind(value)}`);
  return value;
}

/** A whole number that JavaScript holds exactly, within bounds. */
export function whole(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    const given = typeof value === 'number' ? String(value) : kind(value);
    throw invalid(`${name} is a whole number, not ${given}`);
  }
  if (value < least || value > most) {
    throw invalid(`${name} is ${value}, but lies between ${least} and ${most}`);
  }
  return value;
}

/** What the options of a call may be. */
export type Known<O> = { readonly [K in keyof Required<O>]: (value: unknown, name: string) => unknown };

/** Checks options: each must be known and of its type; those that are undefined are left out. */
export function options<O extends object>(given: O | undefined, known: Known<O>): Partial<O> {
  if (given === undefined) return {};
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw invalid(`options are an object, not ${kind(given)}`);
  }
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(known, name) ? known[name as keyof O] : undefined;
    if (check === undefined) {
      throw invalid(`there is no option "${name}"; there are ${Object.keys(known).join(', ')}`);
    }
    if (value !== undefined) checked[name] = check(value, name);
  }
  return checked as Partial<O>;
}

/** A truth. */
export function truth(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw invalid(`${name} is true or false, not ${kind(value)}`);
  return value;
}

/** One of some texts. */
export function oneOf<T extends string>(...allowed: readonly T[]) {
  return (value: unknown, name: string): T => {
    if (!allowed.includes(value as T)) {
      const given = typeof value === 'string' ? `"${value}"` : kind(value);
      throw invalid(`${name} is ${allowed.map((it) => `"${it}"`).join(' or ')}, not ${given}`);
    }
    return value as T;
  };
}

/** A list of texts. */
export function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw invalid(`${name} is a list of texts, not ${kind(value)}`);
  return value.map((it) => text(it, name));
}

/** Texts by name. */
export function textsByName(value: unknown, name: string): [string, string][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalid(`${name} is an object of texts, not ${kind(value)}`);
  }
  return Object.entries(value).map(([key, it]) => [key, text(it, name)]);
}

/** A function. */
export function callback(value: unknown, name: string): unknown {
  if (typeof value !== 'function') throw invalid(`${name} is a function, not ${kind(value)}`);
  return value;
}

/** An `AbortSignal`. */
export function signal(value: unknown, name: string): unknown {
  if (!(value instanceof AbortSignal)) throw invalid(`${name} is an AbortSignal, not ${kind(value)}`);
  return value;
}

/** The name of a file or folder. */
export function path(value: unknown, name = 'path'): string {
  const given = value instanceof URL ? fileURLToPath(value) : value;
  if (typeof given !== 'string' || given === '') {
    throw invalid(`${name} is a path, as text or as a file: URL, not ${kind(value)}`);
  }
  return given;
}
