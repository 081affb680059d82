import { inspect } from 'node:util';
import * as check from './check.js';
import { attempt, attemptAsync, invalid } from './errors.js';
import { type Frame, frameOf } from './frame.js';
import { native, type NativeUnitSet } from './native.js';
import { type Ownership, ownershipOf } from './ownership.js';
import { type Cell, rowsOf } from './rows.js';
import type { Columns, Row } from './schema.js';
import { type Scope, scopeOf } from './scope.js';
import { instantOf } from './values.js';

/** A unit: its serial and what that is unique within. */
export interface UnitName {
  readonly serial: string;
  readonly namespace: string;
}

/** A unit that is asked for: its serial, where its namespace is empty, or both. */
export type UnitLike = string | { readonly serial: string; readonly namespace?: string };

/** @internal */
export function unitOf(unit: UnitLike): { serial: string; namespace: string | undefined } {
  if (typeof unit === 'string') return { serial: unit, namespace: undefined };
  if (unit === null || typeof unit !== 'object') throw invalid(`a unit is a serial, or { serial, namespace }, not ${check.kind(unit)}`);
  const namespace = unit.namespace === undefined ? undefined : check.text(unit.namespace, 'namespace');
  return { serial: check.text(unit.serial, 'serial'), namespace };
}

let termOf: (by: By) => object;

/** What units are counted by, besides columns. */
export class By {
  readonly #term: { readonly by: string; readonly column: string | undefined };

  static {
    termOf = (by) => by.#term;
  }

  private constructor(by: string, column?: string) {
    this.#term = { by, column };
  }

  /** By the days of a date or timestamp column. */
  static day(column: string): By {
    return new By('day', check.text(column, 'the name of a column'));
  }

  /** By its ISO weeks. */
  static week(column: string): By {
    return new By('week', check.text(column, 'the name of a column'));
  }

  /** By its months. */
  static month(column: string): By {
    return new By('month', check.text(column, 'the name of a column'));
  }

  /** By its years. */
  static year(column: string): By {
    return new By('year', check.text(column, 'the name of a column'));
  }

  /** By a field of the serial. */
  static serialField(name: string): By {
    return new By('serial_field', check.text(name, 'the name of a field'));
  }

  /** By namespace. */
  static namespace(): By {
    return new By('namespace');
  }
}

/** A group of units: a value for each term, and how many units there are. */
export type Group = { readonly units: number } & { readonly [term: string]: Cell };

/** A range of serials that a notice can name. */
export interface DescribedRange {
  readonly namespace: string;
  readonly first: string;
  readonly last: string;
  /** How many units the range holds that the set does not. */
  readonly unitsAdded: number;
}

/** Serial ranges that say which units a set has. */
export interface Description {
  readonly ranges: readonly DescribedRange[];
  /** Units that stand in no range. */
  readonly singles: readonly UnitName[];
  /** How many units the ranges hold that the set does not. */
  readonly unitsAdded: number;
  /** The ranges as a scope. */
  readonly scope: Scope;
}

/** Rows of a segment as portable Roaring bytes: what `RoaringBitmap32.deserialize(rows, 'portable')` reads. */
export interface SegmentRows {
  readonly segment: string;
  readonly rows: Uint8Array;
}

/** Units that are read at a time by the iterator. */
const UNITS = 1_024;

/** Terms as the native side takes them. @internal */
export function termsOf(terms: readonly (By | string)[]): string {
  const asked = terms.map((it) => {
    if (it instanceof By) return termOf(it);
    return check.text(it, 'what units are counted by, if not By');
  });
  return JSON.stringify(asked);
}

/** How many units of each set are in a group, by the names of the sets. */
export type BesideGroup = { readonly [termOrSet: string]: Cell };

let innerOf: <C extends Columns>(units: UnitSet<C>) => NativeUnitSet;

/**
 * Counts several sets by the same terms, side by side; a group that a set does not have counts 0
 * there.
 *
 * @example
 * ```ts
 * await beside({ affected: found.affected, repaired }, 'market'); // [{ market: 'DE', affected: 90, repaired: 61 }, ...]
 * ```
 */
export async function beside<C extends Columns>(
  sets: { readonly [name: string]: UnitSet<C> },
  ...terms: readonly (By | (keyof C & string))[]
): Promise<BesideGroup[]> {
  if (sets === null || typeof sets !== 'object') throw invalid(`sets are an object of UnitSets, not ${check.kind(sets)}`);
  const inner = Object.values(sets).map((it) => {
    if (!(it instanceof UnitSet)) throw invalid(`what is counted is a UnitSet, not ${check.kind(it)}`);
    return innerOf(it);
  });
  const asked = termsOf(terms);
  return rowsOf(await attemptAsync(async () => native.UnitSet.beside(Object.keys(sets), inner, asked)));
}

/** @internal */
export let unitsOf: <C extends Columns>(inner: NativeUnitSet) => UnitSet<C>;

/**
 * A set of units of one version of an index. Sets of one index join with `and`, `or`, `minus` and
 * `xor`, whatever versions they are of.
 *
 * @example
 * ```ts
 * const open = await found.affected.minus(repaired);
 * open.size;
 * await open.by('market', By.month('made_at')); // [{ market: 'DE', made_at_month: '2025-03', units: 1204 }, ...]
 * (await open.describe(12)).scope.toSql();
 * ```
 */
export class UnitSet<C extends Columns = Columns> implements Iterable<UnitName> {
  readonly #inner: NativeUnitSet;

  static {
    unitsOf = <D extends Columns>(inner: NativeUnitSet) => new UnitSet<D>(inner);
    innerOf = (units) => units.#inner;
  }

  private constructor(inner: NativeUnitSet) {
    this.#inner = inner;
  }

  /** How many units there are. */
  get size(): number {
    return attempt(() => this.#inner.size);
  }

  /** Whether a unit is in the set. */
  has(unit: UnitLike): boolean {
    const { serial, namespace = '' } = unitOf(unit);
    return attempt(() => this.#inner.has(serial, namespace));
  }

  async #join(operator: string, other: UnitSet<C>): Promise<UnitSet<C>> {
    if (!(other instanceof UnitSet)) throw invalid(`a set joins with another UnitSet, not ${check.kind(other)}`);
    return new UnitSet(await attemptAsync(() => this.#inner.join(operator, other.#inner)));
  }

  /** Units that are in both. */
  and(other: UnitSet<C>): Promise<UnitSet<C>> {
    return this.#join('and', other);
  }

  /** Units that are in one of them. */
  or(other: UnitSet<C>): Promise<UnitSet<C>> {
    return this.#join('or', other);
  }

  /** Units that are in this set and not in the other. */
  minus(other: UnitSet<C>): Promise<UnitSet<C>> {
    return this.#join('minus', other);
  }

  /** Units that are in one of them and not in both. */
  xor(other: UnitSet<C>): Promise<UnitSet<C>> {
    return this.#join('xor', other);
  }

  /** The units one by one, in serial order. */
  *[Symbol.iterator](): IterableIterator<UnitName> {
    const cursor = attempt(() => this.#inner.units());
    for (;;) {
      const texts = attempt(() => cursor.nextUnits(UNITS));
      for (let at = 0; at < texts.length; at += 2) {
        yield { serial: texts[at + 1] as string, namespace: texts[at] as string };
      }
      if (texts.length < 2 * UNITS) return;
    }
  }

  /** Counts the units by columns and by terms such as `By.month('made_at')`. */
  async by(...terms: readonly (By | (keyof C & string))[]): Promise<Group[]> {
    const asked = termsOf(terms);
    return rowsOf(await attemptAsync(() => this.#inner.by(asked))) as Group[];
  }

  /** The units in serial order with these columns; with all where none is named. */
  table<K extends keyof C & string = keyof C & string>(...columns: readonly K[]): Frame<Row<C, K>> {
    const names = columns.length === 0 ? undefined : check.texts(columns, 'columns');
    return frameOf<Row<C, K>>(async () => this.#inner.table(names));
  }

  /** The fewest serial ranges that hold these units and no others; with fewer allowed, the cheapest gaps are closed. */
  async describe(rangesMax = 1_000): Promise<Description> {
    const most = check.whole(rangesMax, 'rangesMax', 1, 2 ** 32 - 1);
    const inner = await attemptAsync(() => this.#inner.describe(most));
    const report = JSON.parse(inner.report()) as Omit<Description, 'scope'>;
    return Object.defineProperty(report as Description, 'scope', {
      enumerable: true,
      get: () => attempt(() => scopeOf(inner.toScope())),
    });
  }

  /** Joins the units with the registrations that hold at a point in time. */
  async ownership(asOf: string | Date): Promise<Ownership<C>> {
    const at = instantOf(asOf, 'asOf');
    return ownershipOf<C>(await attemptAsync(async () => this.#inner.ownership(at)));
  }

  /** The rows of each segment as portable Roaring bytes; `index.setFromRoaring` takes them back. */
  toRoaring(): Promise<SegmentRows[]> {
    return attemptAsync(async () => this.#inner.toRoaring());
  }

  /** Lets go of the units before the garbage collector does. */
  close(): void {
    this.#inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `UnitSet(${this.size} units)`;
  }
}
