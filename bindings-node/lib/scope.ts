import { inspect } from 'node:util';
import * as check from './check.js';
import { attempt, attemptAsync, invalid, unsupported } from './errors.js';
import { native, type NativeParameters, type NativeScope, type NativeSerialSet, type NativeTerm, type NativeTexts } from './native.js';
import { type Value, literalJson, literalsJson } from './values.js';

/** A condition as a JSON tree, as `docs/scope-language.md` describes it: one key a node. */
export type ScopeTree = { readonly [operator: string]: unknown };

/** What a method takes as a scope: one that was built, SQL, or a JSON tree. */
export type ScopeLike = Scope | string | ScopeTree;

/** A part of a day or point in time. */
export type DatePart =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'isodow'
  | 'doy'
  | 'isoyear'
  | 'hour'
  | 'minute';

/** The native part of a scope. @internal */
export let nativeScope: (scope: ScopeLike) => NativeScope;
/** @internal */
export let scopeOf: (inner: NativeScope) => Scope;

/**
 * A condition on units: what a recall covers. It is built from {@link col} and {@link serial}, or
 * read from SQL or JSON; all three reach the same canonical form and digest.
 *
 * @example
 * ```ts
 * const scope = serial.between('AX250000042500', 'AX250000047800').and(col('facility').eq('Leipzig'));
 * scope.toSql();   // "serial BETWEEN 'AX250000042500' AND 'AX250000047800' AND facility = 'Leipzig'"
 * scope.digest;    // what to keep beside a recall
 * ```
 */
export class Scope {
  readonly #inner: NativeScope;

  static {
    nativeScope = (scope) => Scope.of(scope).#inner;
    scopeOf = (inner) => new Scope(inner);
  }

  private constructor(inner: NativeScope) {
    this.#inner = inner;
  }

  /** A scope from any of its forms. */
  static of(scope: ScopeLike): Scope {
    if (scope instanceof Scope) return scope;
    if (typeof scope === 'string') return Scope.sql(scope);
    if (scope !== null && typeof scope === 'object') return Scope.fromJson(scope);
    throw invalid(
      `a scope is built as in col('lot').eq('L1'), or is SQL or a JSON tree, not ${check.kind(scope)}`,
    );
  }

  /** Reads the condition of a SQL `WHERE` clause. */
  static sql(text: string): Scope {
    return attempt(() => new Scope(native.Scope.ofSql(check.text(text, 'SQL'))));
  }

  /** Reads a JSON tree, or its text. */
  static fromJson(tree: ScopeTree | string): Scope {
    const text = typeof tree === 'string' ? tree : JSON.stringify(tree);
    return attempt(() => new Scope(native.Scope.ofJson(text)));
  }

  /** Units that both cover. */
  and(...others: readonly ScopeLike[]): Scope {
    return others.reduce<Scope>((all, it) => new Scope(all.#inner.and(nativeScope(it))), this);
  }

  /** Units that one of them covers. */
  or(...others: readonly ScopeLike[]): Scope {
    return others.reduce<Scope>((all, it) => new Scope(all.#inner.or(nativeScope(it))), this);
  }

  /** Units that it does not cover. */
  not(): Scope {
    return new Scope(this.#inner.not());
  }

  /** Whether it says the same in the same order. */
  equals(other: ScopeLike): boolean {
    return this.#inner.equals(nativeScope(other));
  }

  /** The SHA-256 of the SQL, as 64 hexadecimal digits: the same in every language. */
  get digest(): string {
    return this.#inner.digest;
  }

  /** The canonical SQL. */
  toSql(): string {
    return this.#inner.toSql();
  }

  /** The canonical JSON, as a text; whole numbers beyond 2^53 are in it as they are. */
  toJsonText(): string {
    return this.#inner.toJson();
  }

  /** The canonical JSON tree, so that `JSON.stringify(scope)` and `Scope.fromJson` go together. */
  toJSON(): ScopeTree {
    return JSON.parse(this.#inner.toJson(), (_, value: unknown) => {
      if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
      throw unsupported(`the scope has the number ${value}, which JavaScript may not hold exactly; use toJsonText()`);
    }) as ScopeTree;
  }

  /** The canonical SQL. */
  toString(): string {
    return this.toSql();
  }

  [inspect.custom](): string {
    return `Scope(${JSON.stringify(this.toSql())})`;
  }
}

let termOf: (name: string) => Term;

/**
 * A column on its way into a condition. Functions such as {@link Term.left} give a term again;
 * comparisons such as {@link Term.eq} give a {@link Scope}.
 */
export class Term {
  readonly #inner: NativeTerm;

  static {
    termOf = (name) => new Term(new native.Term(name));
  }

  private constructor(inner: NativeTerm) {
    this.#inner = inner;
  }

  #compare(operator: string, value: Value): Scope {
    if (value === null || value === undefined) {
      throw invalid(`nothing compares with ${value}; write .isNull() or .isNotNull()`);
    }
    return attempt(() => scopeOf(this.#inner.compare(operator, literalJson(value))));
  }

  #call(name: string): Term {
    return attempt(() => new Term(this.#inner.call(name)));
  }

  /** The value is this one. */
  eq(value: Value): Scope {
    return this.#compare('eq', value);
  }

  /** The value is another one. */
  ne(value: Value): Scope {
    return this.#compare('ne', value);
  }

  /** The value comes before this one. */
  lt(value: Value): Scope {
    return this.#compare('lt', value);
  }

  /** The value comes before this one, or is it. */
  le(value: Value): Scope {
    return this.#compare('le', value);
  }

  /** The value comes after this one. */
  gt(value: Value): Scope {
    return this.#compare('gt', value);
  }

  /** The value comes after this one, or is it. */
  ge(value: Value): Scope {
    return this.#compare('ge', value);
  }

  /** The value lies between these two, both included. */
  between(first: Value, last: Value): Scope {
    return attempt(() => scopeOf(this.#inner.between(literalJson(first), literalJson(last))));
  }

  /** The value is one of these. */
  isIn(values: Iterable<Value>): Scope {
    return attempt(() => scopeOf(this.#inner.isIn(literalsJson(values))));
  }

  /** The value is one of those that a parameter holds: a list, or a {@link SerialSet}. */
  isInParameter(name: string): Scope {
    return scopeOf(this.#inner.isInParameter(check.text(name, 'the name of a parameter')));
  }

  /** The value is this one; where it is missing, it is not, and nothing is undetermined. */
  isNotDistinctFrom(value: Value): Scope {
    return this.#compare('is_not_distinct_from', value);
  }

  /** The text fits a pattern: `%` is any run of characters, `_` one character, `\` escapes. */
  like(pattern: string): Scope {
    return scopeOf(this.#inner.like(check.text(pattern, 'a pattern')));
  }

  /** The text begins with this one. */
  startsWith(prefix: string): Scope {
    return this.like(`${escaped(prefix)}%`);
  }

  /** The text ends with this one. */
  endsWith(suffix: string): Scope {
    return this.like(`%${escaped(suffix)}`);
  }

  /** The text has this one in it. */
  contains(part: string): Scope {
    return this.like(`%${escaped(part)}%`);
  }

  /** The value is missing. */
  isNull(): Scope {
    return scopeOf(this.#inner.isNull());
  }

  /** The value is there. */
  isNotNull(): Scope {
    return this.isNull().not();
  }

  /** A slice of the text, from a place counted from 1; to its end where no length is given. */
  substring(start: number, length?: number): Term {
    const count = length === undefined ? undefined : int32(length, 'length');
    return new Term(this.#inner.substring(int32(start, 'start'), count));
  }

  /** The first characters of the text. */
  left(count: number): Term {
    return new Term(this.#inner.left(int32(count, 'count')));
  }

  /** The last characters of the text. */
  right(count: number): Term {
    return new Term(this.#inner.right(int32(count, 'count')));
  }

  /** A part of the text between separators, counted from 1. */
  splitPart(separator: string, part: number): Term {
    return new Term(this.#inner.splitPart(check.text(separator, 'a separator'), int32(part, 'part')));
  }

  /** The text in capitals. */
  upper(): Term {
    return this.#call('upper');
  }

  /** The text in small letters. */
  lower(): Term {
    return this.#call('lower');
  }

  /** The text without the spaces around it. */
  trim(): Term {
    return this.#call('trim');
  }

  /** How many characters the text has. */
  charLength(): Term {
    return this.#call('char_length');
  }

  /** A part of a day or point in time, such as `'hour'`, in the zone of its column. */
  extract(part: DatePart): Term {
    return attempt(() => new Term(this.#inner.extract(check.text(part, 'a part'))));
  }

  /** The day of a point in time, in the zone of its column. */
  date(): Term {
    return this.#call('date');
  }

  /** The time of day of a point in time, in the zone of its column. */
  time(): Term {
    return this.#call('time');
  }
}

function int32(value: unknown, name: string): number {
  return check.whole(value, name, -(2 ** 31), 2 ** 31 - 1);
}

/** A text as a pattern that stands for itself. */
function escaped(text: string): string {
  return check.text(text, 'a text to look for').replace(/[%_\\]/g, '\\$&');
}

/**
 * Begins a condition on a column, or on a field of the serial: `col('serial.plant')`.
 *
 * @example
 * ```ts
 * col('lot').eq('L1').or(col('lot').isNull());
 * ```
 */
export function col(name: string): Term {
  return termOf(check.text(name, 'the name of a column'));
}

/**
 * Begins a condition on a field of the serial, such as `yy`; `made` is the time that it names.
 *
 * @example
 * ```ts
 * serialField('yy').eq(25);
 * ```
 */
export function serialField(name: string): Term {
  return termOf(`serial.${check.text(name, 'the name of a field')}`);
}

/** The serial of a unit, on its way into a condition. */
export const serial: Term = termOf('serial');

/** What the serial is unique within, on its way into a condition. */
export const namespace: Term = termOf('namespace');

/** @internal */
export let nativeSerials: (serials: SerialSet) => NativeSerialSet;

/** Serials that are joined at a time, so that the event loop turns in between. */
const JOINED = 16_384;

/** Up to ten million serials, to be given as a parameter: `col('serial').isInParameter('uploaded')`. */
export class SerialSet {
  readonly #inner: NativeSerialSet;

  static {
    nativeSerials = (serials) => serials.#inner;
  }

  private constructor(inner: NativeSerialSet) {
    this.#inner = inner;
  }

  /** Reads serials. */
  static async of(serials: Iterable<string> | AsyncIterable<string>): Promise<SerialSet> {
    if (typeof serials === 'string') throw invalid('serials are a list, not one text');
    const draft = new native.SerialSetDraft();
    let held: string[] = [];
    const give = async () => {
      draft.push(joined(held));
      held = [];
      await new Promise((resolve) => setImmediate(resolve));
    };
    for await (const it of serials) {
      held.push(it);
      if (held.length === JOINED) await give();
    }
    await give();
    return new SerialSet(await attemptAsync(() => draft.finish()));
  }

  /** How many serials there are. */
  get size(): number {
    return this.#inner.size;
  }
}

/** Texts as the native part reads them. @internal */
export function joined(texts: readonly string[]): NativeTexts {
  const lengths = new Uint32Array(texts.length);
  for (let at = 0; at < texts.length; at += 1) {
    const it = texts[at];
    if (typeof it !== 'string') throw invalid(`a serial is a text, not ${check.kind(it)}`);
    lengths[at] = it.length;
  }
  return { text: texts.join('\n'), lengths };
}

/** The values of the parameters of a scope, by name: a value, a list of values, or a {@link SerialSet}. */
export type ParameterValues = { readonly [name: string]: Value | readonly Value[] | SerialSet };

/** @internal */
export function parametersOf(values: ParameterValues | undefined): NativeParameters {
  const parameters = new native.Parameters();
  for (const [name, value] of Object.entries(values ?? {})) {
    attempt(() => {
      if (value instanceof SerialSet) parameters.serials(name, nativeSerials(value));
      else if (Array.isArray(value)) parameters.list(name, literalsJson(value as Value[]));
      else parameters.value(name, literalJson(value as Value));
    });
  }
  return parameters;
}
