import { inspect } from 'node:util';
import * as check from './check.js';
import { attempt, invalid } from './errors.js';
import { native, type NativeBoundScope, type NativeFamily, type NativeSchema } from './native.js';
import { joined, nativeScope, parametersOf, type ParameterValues, Scope, type ScopeLike } from './scope.js';
import { rowJson, type UnitValue } from './values.js';

/** The type of a column. */
export type ColumnType =
  | 'text'
  | 'integer'
  | 'float'
  | 'date'
  | 'timestamp'
  | 'boolean'
  | 'version'
  | 'text_list';

/** How a column is declared: its type, or its type with more. */
export type ColumnDeclaration =
  | ColumnType
  | {
      readonly type: ColumnType;
      /** The zone of timestamps, such as `Europe/Berlin`; UTC unless said otherwise. */
      readonly zone?: string;
      /** Of a text column that names a unit a second time, such as its IMEI: the families of these names. */
      readonly identifier?: readonly (SerialFamily | FamilyDeclaration)[];
    };

/** The columns of an index by name. */
export type Columns = { readonly [name: string]: ColumnDeclaration };

type TypeOf<D> = D extends { readonly type: infer T } ? T : D;

/** What a column gives: days and points in time are ISO texts. */
export type ValueOf<D> = TypeOf<D> extends infer T
  ? T extends 'text' | 'version' | 'date' | 'timestamp'
    ? string
    : T extends 'integer' | 'float'
      ? number
      : T extends 'boolean'
        ? boolean
        : T extends 'text_list'
          ? string[]
          : never
  : never;

/** What a column takes. */
export type InputOf<D> = TypeOf<D> extends infer T
  ? T extends 'timestamp'
    ? string | Date
    : T extends 'integer'
      ? number | bigint
      : T extends 'text_list'
        ? readonly string[]
        : ValueOf<T>
  : never;

/**
 * A row of units: the serial, the namespace where the index has any that is not empty, and the
 * columns that were asked for; null is missing.
 */
export type Row<C extends Columns, K extends keyof C = keyof C> = {
  serial: string;
  namespace?: string;
} & { [N in K]: ValueOf<C[N]> | null };

/** A unit as it is described: to load it, or to decide about it. What is left out is missing. */
export type Unit<C extends Columns> = string extends keyof C
  ? { readonly [column: string]: UnitValue }
  : { readonly serial?: string | null; readonly namespace?: string | null } & {
      readonly [N in keyof C]?: InputOf<C[N]> | null;
    };

/** A column of an index. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The zone of a timestamp, such as `Europe/Berlin`; UTC unless declared. */
  readonly zone?: string;
  /** The families of an identifier. */
  readonly identifier?: readonly FamilyDeclaration[];
}

/** What to do with a serial whose check character is wrong. */
export type CheckPolicy = 'report' | 'require';

/** A serial family as JSON. */
export interface FamilyDeclaration {
  /** The name. */
  readonly name: string;
  /** The layout, such as `{plant:A2}{n:D11}`. */
  readonly layout: string;
  /** The fields, the most significant first; as they stand unless said otherwise. */
  readonly order?: readonly string[];
  /** What is overlooked: `upper_case`, `without_spaces`, `without_dashes`, `zero_for_o`, `one_for_i`. */
  readonly normaliser?: readonly string[];
  /** What to do with a wrong check character. */
  readonly check_policy?: CheckPolicy;
}

/** @internal */
export let familyJson: (family: SerialFamily) => unknown;

/**
 * How a maker writes and orders serials.
 *
 * @example
 * ```ts
 * const family = new SerialFamily({ name: 'bike', layout: 'AX{yy:D2}{n:D10}' });
 * family.fields('AX250000042500'); // { yy: 25, n: 42500 }
 * ```
 */
export class SerialFamily {
  readonly #inner: NativeFamily;

  static {
    familyJson = (family) => JSON.parse(family.#inner.toJson()) as unknown;
  }

  constructor(declaration: FamilyDeclaration) {
    const held: unknown = declaration;
    const made = held instanceof Made ? held.inner : attempt(() => native.SerialFamily.ofJson(JSON.stringify(whole(declaration))));
    this.#inner = made;
  }

  static #known(kind: string, name: string, number?: number, prefix?: string): SerialFamily {
    const inner = attempt(() =>
      native.SerialFamily.known(kind, check.text(name, 'the name of a family'), number, prefix),
    );
    return new SerialFamily(new Made(inner) as unknown as FamilyDeclaration);
  }

  /** Numbers without leading zeros, of at most so many digits. */
  static counter(name: string, digitsMax: number): SerialFamily {
    return SerialFamily.#known('counter', name, check.whole(digitsMax, 'digitsMax', 0, 1000));
  }

  /** A prefix and a number of at most so many digits. */
  static prefixedCounter(name: string, prefix: string, digitsMax: number): SerialFamily {
    const digits = check.whole(digitsMax, 'digitsMax', 0, 1000);
    return SerialFamily.#known('prefixed_counter', name, digits, check.text(prefix, 'prefix'));
  }

  /** Vehicle identification numbers, their model years from this one on. */
  static vin(name: string, firstModelYear: number): SerialFamily {
    return SerialFamily.#known('vin', name, check.whole(firstModelYear, 'firstModelYear', 0, 9999));
  }

  /** Vehicle identification numbers of markets that write no model year. */
  static vinWithoutModelYear(name: string): SerialFamily {
    return SerialFamily.#known('vin_without_model_year', name);
  }

  /** Numbers of mobile devices. */
  static imei(name: string): SerialFamily {
    return SerialFamily.#known('imei', name);
  }

  /** Numbers of mobile devices with the version of their software. */
  static imeisv(name: string): SerialFamily {
    return SerialFamily.#known('imeisv', name);
  }

  /** Serials of GS1: any text of up to twenty characters. */
  static gs1(name: string): SerialFamily {
    return SerialFamily.#known('gs1', name);
  }

  /** The name. */
  get name(): string {
    return this.#inner.name;
  }

  /** The layout. */
  get layout(): string {
    return this.#inner.layout;
  }

  /** The fields, the most significant first. */
  get order(): string[] {
    return this.#inner.order;
  }

  /** The fields of a serial by name; undefined where it does not fit. */
  fields(serial: string): Record<string, number | string> | undefined {
    const told = attempt(() => this.#inner.fields(check.text(serial, 'a serial')));
    return told === null ? undefined : (JSON.parse(told) as Record<string, number | string>);
  }

  /** What happens to serials whose check characters are wrong. */
  get checkPolicy(): CheckPolicy {
    return this.toJSON().check_policy ?? 'report';
  }

  /** The family with another policy for check characters. */
  withCheckPolicy(policy: CheckPolicy): SerialFamily {
    return new SerialFamily({ ...this.toJSON(), check_policy: policy });
  }

  /** Whether a serial fits. */
  fits(serial: string): boolean {
    return this.encode(serial) !== undefined;
  }

  /** The number of a serial: dense, and ascending in the family's order; undefined where it does not fit. */
  encode(serial: string): bigint | undefined {
    const code = this.#inner.encode(check.text(serial, 'a serial'));
    return code === null ? undefined : BigInt(code);
  }

  /** The serial of a number, as the family writes it. */
  decode(code: bigint): string {
    if (typeof code !== 'bigint') throw invalid(`the code of a serial is a bigint, not ${check.kind(code)}`);
    return attempt(() => this.#inner.decode(String(code)));
  }

  /** Whether the check character is right; undefined where there is none, or the serial does not fit. */
  check(serial: string): boolean | undefined {
    return this.#inner.check(check.text(serial, 'a serial')) ?? undefined;
  }

  /** The family as JSON, which the constructor takes. */
  toJSON(): FamilyDeclaration {
    return familyJson(this) as FamilyDeclaration;
  }

  [inspect.custom](): string {
    return `SerialFamily(${JSON.stringify(this.name)}, ${JSON.stringify(this.layout)})`;
  }
}

/** A family that the native part made. */
class Made {
  constructor(readonly inner: NativeFamily) {}
}

/** A family with everything that the native part asks for. */
function whole(family: SerialFamily | FamilyDeclaration): unknown {
  if (family instanceof SerialFamily) return familyJson(family);
  if (family === null || typeof family !== 'object') {
    throw invalid(`a serial family is declared by an object with name and layout, not ${check.kind(family)}`);
  }
  return { order: [], normaliser: [], ...family };
}

/** The native part of a schema. @internal */
export let nativeSchema: <C extends Columns>(schema: Schema<C>) => NativeSchema;
/** @internal */
export let schemaOf: <C extends Columns>(inner: NativeSchema) => Schema<C>;

/**
 * The columns and serial families of an index. Its type says which columns rows have.
 *
 * @example
 * ```ts
 * const schema = new Schema({
 *   facility: 'text',
 *   made_at: { type: 'timestamp', zone: 'Europe/Berlin' },
 * });
 * const index = await Index.create('plant.seriatim', { schema }); // Index<{ facility: 'text', ... }>
 * ```
 */
export class Schema<const C extends Columns = Columns> {
  readonly #inner: NativeSchema;
  /** Only a type: which columns there are. */
  declare readonly columnTypes: C;

  static {
    nativeSchema = (schema) => schema.#inner;
    schemaOf = <D extends Columns>(inner: NativeSchema) =>
      new Schema<D>(new MadeSchema(inner) as unknown as D);
  }

  constructor(columns?: C, families: readonly SerialFamily[] = []) {
    const held: unknown = columns ?? {};
    this.#inner = held instanceof MadeSchema ? held.inner : attempt(() => native.Schema.ofJson(declared(held, families)));
  }

  /** The columns, in their order. */
  get columns(): Column[] {
    return (JSON.parse(this.#inner.toJson()) as { columns: Column[] }).columns;
  }

  /** The serial families, in their order. */
  get families(): SerialFamily[] {
    const { families } = JSON.parse(this.#inner.toJson()) as { families: FamilyDeclaration[] };
    return families.map((it) => new SerialFamily(it));
  }

  /** Resolves a scope, with the values of its parameters: it then decides about described units. */
  bind(scope: ScopeLike, parameters?: ParameterValues): BoundScope<C> {
    return attempt(() => {
      const inner = this.#inner.bind(nativeScope(scope), parametersOf(parameters));
      return boundOf<C>(inner, Scope.of(scope));
    });
  }

  /** Reads serial families off a sample of serials, beside those that the schema has. */
  infer(serials: readonly string[]): Inference {
    return JSON.parse(attempt(() => this.#inner.infer(joined(serials)))) as Inference;
  }

  [inspect.custom](): string {
    return `Schema(${this.columns.length} columns, ${this.families.length} families)`;
  }
}

/** A schema that the native part made. */
class MadeSchema {
  constructor(readonly inner: NativeSchema) {}
}

function declared(columns: unknown, families: readonly SerialFamily[]): string {
  if (columns === null || typeof columns !== 'object' || Array.isArray(columns)) {
    throw invalid(`columns are an object of types by name, not ${check.kind(columns)}`);
  }
  if (!Array.isArray(families) || !families.every((it) => it instanceof SerialFamily)) {
    throw invalid('families are a list of SerialFamily');
  }
  const list = Object.entries(columns as Columns).map(([name, it]) =>
    typeof it === 'string' ? { name, type: it } : { ...it, name, identifier: it.identifier?.map(whole) },
  );
  return JSON.stringify({ columns: list, families: families.map(familyJson) });
}

/** Families that were read off serials. */
export interface Inference {
  /** The families proposed, no two of which fit the same serial, nor one that exists. */
  readonly families: readonly InferredFamily[];
  /** What was seen and is not proposed, as a family fits some of its serials already. */
  readonly conflicts: readonly {
    readonly layout: string;
    readonly count: number;
    readonly family: string;
    readonly example: string;
  }[];
  /** What is left. */
  readonly opaque: { readonly count: number; readonly examples: readonly string[] };
}

/** A family that was read off serials; `new SerialFamily(it.family)` declares it. */
export interface InferredFamily {
  readonly family: FamilyDeclaration;
  /** How many serials it was read off. */
  readonly count: number;
  /** One of them. */
  readonly example: string;
}

/** The answer for one unit. */
export type Verdict = 'affected' | 'not_affected' | 'undetermined' | 'unknown_serial' | 'invalid_serial';

/** A clause that decides about a unit. */
export interface DecidingClause {
  /** The clause as SQL. */
  readonly text: string;
  /** Whether it holds; null where it is unknown. */
  readonly truth: boolean | null;
  /** Where it stands in the SQL of the scope. */
  readonly line?: number;
  readonly column?: number;
  /** Where it stands in the JSON of the scope. */
  readonly path?: string;
}

/** The verdict on one unit, and the clauses that decide it. */
export interface Decision {
  readonly verdict: Verdict;
  /** Whether the scope holds; null where it is unknown. */
  readonly truth: boolean | null;
  /** What decides, in the order of the scope. */
  readonly clauses: readonly DecidingClause[];
}

/** Something that a scope says and that most likely is not what is meant. */
export interface Notice {
  /** What it is about. */
  readonly code: 'mask_length' | 'no_family' | 'no_mask';
  /** The clause as SQL; long lists are shortened. */
  readonly clause: string;
  /** What was found. */
  readonly message: string;
}

let boundOf: <C extends Columns>(inner: NativeBoundScope, scope: Scope) => BoundScope<C>;

/** A scope that knows its columns; it decides about units that are described, without an index. */
export class BoundScope<C extends Columns = Columns> {
  readonly #inner: NativeBoundScope;
  /** The scope as it was said. */
  readonly scope: Scope;

  static {
    boundOf = <D extends Columns>(inner: NativeBoundScope, scope: Scope) => new BoundScope<D>(inner, scope);
  }

  private constructor(inner: NativeBoundScope, scope: Scope) {
    this.#inner = inner;
    this.scope = scope;
  }

  /** What the scope says of a unit. */
  decide(unit: Unit<C>): Verdict {
    return attempt(() => this.#inner.decide(rowJson(unit, 1))) as Verdict;
  }

  /** Whether the scope holds; null where data is missing. */
  truth(unit: Unit<C>): boolean | null {
    return attempt(() => this.#inner.truth(rowJson(unit, 1)));
  }

  /** What the scope says of a unit, and which clauses decide. */
  explain(unit: Unit<C>): Decision {
    return JSON.parse(attempt(() => this.#inner.explain(rowJson(unit, 1)))) as Decision;
  }

  /** What the scope says that most likely is not what is meant, in its order. */
  notices(): readonly Notice[] {
    return JSON.parse(attempt(() => this.#inner.notices())) as readonly Notice[];
  }

  /** The SHA-256 of the scope and the values of its parameters, as 64 hexadecimal digits. */
  get digest(): string {
    return this.#inner.digest;
  }
}
