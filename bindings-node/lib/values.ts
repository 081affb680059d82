import { kind } from './check.js';
import { invalid } from './errors.js';

let literalOf: (json: string) => Literal;
let jsonOf: (literal: Literal) => string;

/** A text in which some places may hold any one character, or a parameter. Made by {@link mask} and {@link param}. */
export class Literal {
  readonly #json: string;

  static {
    literalOf = (json) => new Literal(json);
    jsonOf = (literal) => literal.#json;
  }

  private constructor(json: string) {
    this.#json = json;
  }
}

/**
 * A text in which some characters stand for any character: `*` and `#`, or those of `free`.
 *
 * @example
 * ```ts
 * serial.between(mask('1TC720E****010001'), mask('1TC720E****080657'));
 * ```
 */
export function mask(text: string, free?: string): Literal {
  for (const it of free === undefined ? [text] : [text, free]) {
    if (typeof it !== 'string') throw invalid(`a mask is a text, not ${kind(it)}`);
  }
  return literalOf(JSON.stringify({ mask: text, free }));
}

/** A value that is given when the scope is asked: `index.select(scope, { parameters: { lot: 'L1' } })`. */
export function param(name: string): Literal {
  if (typeof name !== 'string') throw invalid(`the name of a parameter is a text, not ${kind(name)}`);
  return literalOf(JSON.stringify({ parameter: name }));
}

/** A value in a scope: a day is a text, a point in time a text with an offset or a `Date`. */
export type Value = string | number | bigint | boolean | Date | Literal;

/** A value as the native part reads it. @internal */
export function literalJson(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return numberJson(value, 'a value in a scope');
  if (value instanceof Literal) return jsonOf(value);
  if (value instanceof Date) return JSON.stringify({ instant: isoOf(value, 'a value in a scope') });
  throw invalid(
    `a value in a scope is a text, a number, a bigint, a truth, a Date, mask() or param(), not ${kind(value)}`,
  );
}

/** Values as the native part reads them. @internal */
export function literalsJson(values: Iterable<Value>): string {
  if (typeof values === 'string' || typeof values?.[Symbol.iterator] !== 'function') {
    throw invalid(`values are a list, not ${kind(values)}`);
  }
  return `[${Array.from(values, literalJson).join(',')}]`;
}

function numberJson(value: number, what: string): string {
  if (!Number.isFinite(value)) throw invalid(`${what} is ${value}, which is no number to compare with`);
  if (Number.isInteger(value)) {
    if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0.0' : String(value);
    throw invalid(`${what} is ${value}, which JavaScript does not hold exactly; write it as a bigint`);
  }
  return String(value);
}

/** A point in time as text. @internal */
export function isoOf(value: Date, what: string): string {
  if (Number.isNaN(value.getTime())) throw invalid(`${what} is an invalid Date`);
  return value.toISOString();
}

/** A point in time: a text with an offset, or a `Date`. @internal */
export function instantOf(value: string | Date, what: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return isoOf(value, what);
  throw invalid(`${what} is a Date, or a text such as '2025-06-01T00:00:00Z', not ${kind(value)}`);
}

/** A value of a unit. A day is a text, a point in time a text with an offset or a `Date`. */
export type UnitValue = string | number | bigint | boolean | Date | readonly string[] | null | undefined;

/** What the columns of the serial and of the namespace are called. @internal */
export interface Keys {
  readonly serial: string;
  readonly namespace: string;
}

const KEYS: Keys = { serial: 'serial', namespace: 'namespace' };

/** A described unit, or a registration, as the native part reads it. @internal */
export function rowJson(row: object, place: number, keys: Keys = KEYS): string {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) {
    throw invalid(`row ${place} is ${kind(row)}; a row is an object of values by column`);
  }
  let json = '';
  for (const name in row) {
    if (!Object.hasOwn(row, name)) continue;
    const value = (row as Record<string, UnitValue>)[name];
    if (value === null || value === undefined) continue;
    if ((name === keys.serial || name === keys.namespace) && typeof value !== 'string') {
      throw invalid(`row ${place}: the ${name} is ${kind(value)}; it is a text, as a number would lose zeros`);
    }
    json += `${json === '' ? '{' : ','}${JSON.stringify(name)}:${valueJson(value, name, place)}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

function valueJson(value: Exclude<UnitValue, null | undefined>, name: string, place: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return floatJson(value);
    case 'boolean':
      return String(value);
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) {
        throw invalid(`row ${place}: column ${name} is a bigint of more than 64 bits; give it as a text`);
      }
      return String(value);
    default:
  }
  if (value instanceof Date) {
    return JSON.stringify({ instant: isoOf(value, `row ${place}: column ${name}`) });
  }
  if (Array.isArray(value) && value.every((it) => typeof it === 'string')) return JSON.stringify(value);
  throw invalid(
    `row ${place}: column ${name} is ${kind(value)}; a value of a unit is a text, a number, a bigint, ` +
      'a truth, a Date or a list of texts',
  );
}

/** A number of a column; one that is not finite has a form of its own. */
function floatJson(value: number): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  if (Number.isFinite(value)) return Number.isInteger(value) ? value.toExponential() : String(value);
  return JSON.stringify({ float: Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf' });
}
