// What the runners of the shared cases have in common.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Schema, Scope, SeriatimError, SerialFamily } from 'seriatim';

const FOLDER = new URL('../../conformance/', import.meta.url);

/** Every case of a folder with what its file shares, under a name of its own. */
export function cases(folder, keys) {
  const found = [];
  for (const file of readdirSync(new URL(`${folder}/`, FOLDER)).sort()) {
    const document = readExactly(readFileSync(new URL(`${folder}/${file}`, FOLDER), 'utf8'));
    for (const one of document.cases) {
      const whole = { ...document.shared, ...one };
      for (const key of Object.keys(whole)) assert(keys.includes(key), `${file}: ${one.name}: the key ${key}`);
      found.push([`${file}: ${one.name}`, whole]);
    }
  }
  assert(found.length > 0, `the folder ${folder} has no cases`);
  return found;
}

/** A number as it is written: `JSON.parse` would lose digits, and whether there is a fraction. */
export class Written {
  constructor(text) {
    this.text = text;
  }
}

/** JSON with the numbers that JavaScript would change as they are written. */
export function readExactly(text) {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify({ written: token }),
  );
  return JSON.parse(marked, (_, value) =>
    value !== null && typeof value === 'object' && Object.keys(value).join() === 'written'
      ? new Written(value.written)
      : value,
  );
}

/** JSON of a value that was read so. */
export function written(value) {
  if (value instanceof Written) return value.text;
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}:${written(it)}`).join(',')}}`;
}

export function schemaOf(declared = {}) {
  const columns = (declared.columns ?? []).map(({ name, ...it }) => [name, it]);
  const families = (declared.families ?? []).map((it) => new SerialFamily(it));
  return new Schema(Object.fromEntries(columns), families);
}

export function textOf(given) {
  if (typeof given === 'string') return given;
  return given.map((it) => (typeof it === 'string' ? it : it.repeat.repeat(it.times))).join('');
}

/** Each form of a scope with a call that reads it. */
export function* scopesOf(forms) {
  if (forms.sql !== undefined) yield ['sql', () => Scope.sql(textOf(forms.sql))];
  for (const spelling of forms.spellings ?? []) yield ['spellings', () => Scope.of(spelling)];
  if (forms.json !== undefined) yield ['json', () => Scope.fromJson(written(forms.json))];
  if (forms.json_text !== undefined) yield ['json_text', () => Scope.fromJson(textOf(forms.json_text))];
}

/** A described unit with values of the types of its columns. */
export function unitOf(described, schema) {
  const types = new Map(schema.columns.map((it) => [it.name.toLowerCase(), it.type]));
  const values = Object.entries(described).map(([name, it]) => [name, valueOf(types.get(name.toLowerCase()), it)]);
  return Object.fromEntries(values);
}

export function valueOf(type, given) {
  const value = given instanceof Written ? given.text : given;
  if (value === null) return null;
  if (type === 'integer') return BigInt(value);
  if (type === 'float') return value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : Number(value);
  return value;
}

/** Runs what must fail, and compares the error. */
export async function fails(call, expected) {
  let error;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof SeriatimError, `an error is expected, not ${error}`);
  assert.equal(error.code, expected.code, error.message);
  if (expected.message !== undefined) assert.equal(error.reason, expected.message);
  for (const part of expected.mentions ?? []) assert(error.reason.includes(part), error.reason);
  if (expected.caret !== undefined) assert.equal(error.caret, expected.caret.join('\n'));
  assert.equal(error.line, expected.line);
  assert.equal(error.path, expected.path);
  if (expected.line !== undefined) assert.equal(error.column, expected.column);
}

/** What is expected of one form: SQL has a line, JSON a path. */
export function errorOf(expected, form) {
  const { line, column, caret, path, ...rest } = expected;
  if (form.startsWith('json')) return path === undefined ? rest : { ...rest, path };
  return line === undefined ? rest : { ...rest, line, column, ...(caret && { caret }) };
}

export function* runOf({ before = '', first, last, digits = 0, after = '' }) {
  for (let number = first; number <= last; number += 1) {
    yield `${before}${String(number).padStart(digits, '0')}${after}`;
  }
}
