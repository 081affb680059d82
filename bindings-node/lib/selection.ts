import { inspect } from 'node:util';
import * as check from './check.js';
import { attempt, attemptAsync, invalid, translated } from './errors.js';
import type { NativeLookup, NativeScopeDiff, NativeSelection } from './native.js';
import type { Columns, Decision, Notice, Verdict } from './schema.js';
import { joined, type Scope, scopeOf } from './scope.js';
import { unitOf, type UnitLike, type UnitName, type UnitSet, unitsOf } from './unit_set.js';

/** By the numbers of the native part. */
const VERDICTS: readonly Verdict[] = [
  'affected',
  'not_affected',
  'undetermined',
  'unknown_serial',
  'invalid_serial',
];

/** Serials that are carried over at a time: as one text of them is still among the young objects. */
const PIECE = 4_096;

/** Within what serials are looked for. */
export interface NamespaceOptions {
  /** The namespace; whatever it is where left out. */
  namespace?: string | undefined;
}

const NAMESPACE = { namespace: check.text } as const;

/** Why units are undetermined. */
export interface ReasonUnits {
  readonly reason:
    | 'missing_column'
    | 'missing_serial_field'
    | 'coarse_serial_date'
    | 'unreadable_serial'
    | 'coarse_identifier_date'
    | 'unreadable_identifier'
    | 'unclear_range';
  /** The column that is missing, where one is. */
  readonly column: string | null;
  /** The reason in words. */
  readonly text: string;
  readonly units: number;
}

/** How many units moved from one verdict to another. */
export interface Move {
  readonly from: Verdict;
  readonly to: Verdict;
  readonly units: number;
}

/** @internal */
export let selectionOf: <C extends Columns>(inner: NativeSelection) => Selection<C>;
/** @internal */
export let lookupOf: <C extends Columns>(inner: NativeLookup) => Lookup<C>;
let diffOf: <C extends Columns>(inner: NativeScopeDiff) => ScopeDiff<C>;

/**
 * The units that a scope covers, and those it may cover.
 *
 * @example
 * ```ts
 * using found = await index.select("lot = 'L1'");
 * found.affected.size;
 * found.undetermined.size;      // their lot is missing: they cannot be ruled out
 * found.status(scannedCode);    // 'affected', in microseconds
 * ```
 */
export class Selection<C extends Columns = Columns> {
  readonly #inner: NativeSelection;

  static {
    selectionOf = <D extends Columns>(inner: NativeSelection) => new Selection<D>(inner);
  }

  private constructor(inner: NativeSelection) {
    this.#inner = inner;
  }

  /** Units for which the scope is TRUE. */
  get affected(): UnitSet<C> {
    return attempt(() => unitsOf<C>(this.#inner.affected));
  }

  /** Units for which it is UNKNOWN: data is missing, so that they cannot be ruled out. */
  get undetermined(): UnitSet<C> {
    return attempt(() => unitsOf<C>(this.#inner.undetermined));
  }

  /** The scope that was asked. */
  get scope(): Scope {
    return attempt(() => scopeOf(this.#inner.scope));
  }

  /** What the scope says that most likely is not what is meant, in its order. */
  notices(): readonly Notice[] {
    return JSON.parse(attempt(() => this.#inner.notices())) as readonly Notice[];
  }

  /** The version of the index that it was made on. */
  get version(): number {
    return attempt(() => this.#inner.version);
  }

  /** How many registrations and changes had come one by one by then. */
  get recorded(): number {
    return attempt(() => this.#inner.recorded);
  }

  /** The SHA-256 of the scope and the values of its parameters, as 64 hexadecimal digits. */
  get digest(): string {
    return attempt(() => this.#inner.digest);
  }

  /**
   * What the scope says of one unit: a serial, or what a scanner gives (a GS1 Digital Link, an
   * element string, an SGTIN). Takes microseconds, and never waits.
   */
  status(serial: string, options?: NamespaceOptions): Verdict {
    if (typeof serial !== 'string') throw invalid(`a serial is a text, not ${check.kind(serial)}`);
    const namespace = options === undefined ? undefined : namespaceOf(options);
    try {
      return VERDICTS[this.#inner.status(serial, namespace)] as Verdict;
    } catch (error) {
      throw translated(error);
    }
  }

  /** What the scope says of the unit of this identifier in a column that is one, such as an IMEI. */
  statusBy(column: string, identifier: string): Verdict {
    const asked = [check.text(column, 'the name of a column'), check.text(identifier, 'an identifier')] as const;
    return VERDICTS[attempt(() => this.#inner.statusBy(...asked))] as Verdict;
  }

  /** What the scope says of many serials, in their order. */
  statusMany(serials: readonly string[], options?: NamespaceOptions): Verdict[] {
    if (!Array.isArray(serials)) throw invalid(`serials are a list, not ${check.kind(serials)}`);
    const namespace = options === undefined ? undefined : namespaceOf(options);
    const verdicts = new Array<Verdict>(serials.length);
    for (let start = 0; start < serials.length; start += PIECE) {
      const piece = serials.length <= PIECE ? serials : serials.slice(start, start + PIECE);
      const found = attempt(() => this.#inner.statusMany(joined(piece), namespace));
      for (let at = 0; at < found.length; at += 1) verdicts[start + at] = VERDICTS[found[at] as number] as Verdict;
    }
    return verdicts;
  }

  /** The verdict on one unit of the index, with the clauses that decide. */
  explainUnit(unit: UnitLike): Decision {
    const { serial, namespace = '' } = unitOf(unit);
    return JSON.parse(attempt(() => this.#inner.explainUnit(serial, namespace))) as Decision;
  }

  /** Why units are undetermined, most units first. */
  async byReason(): Promise<ReasonUnits[]> {
    return JSON.parse(await attemptAsync(async () => this.#inner.byReason())) as ReasonUnits[];
  }

  /** What became of the units between this selection and a newer one. */
  async diff(newer: Selection<C>): Promise<ScopeDiff<C>> {
    if (!(newer instanceof Selection)) throw invalid(`a selection compares with another, not with ${check.kind(newer)}`);
    return diffOf<C>(await attemptAsync(async () => this.#inner.diff(newer.#inner)));
  }

  /** The undetermined units whose serials fit no family, but may be misread ones of a range in the scope. */
  async nearMisses(): Promise<UnitSet<C>> {
    return unitsOf<C>(await attemptAsync(async () => this.#inner.nearMisses()));
  }

  /** Lets go of the selection before the garbage collector does; its sets stay. */
  close(): void {
    this.#inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    const notices = this.notices().map((it) => `; ${it.clause}: ${it.message}`);
    return `Selection(${this.affected.size} affected, ${this.undetermined.size} undetermined${notices.join('')})`;
  }
}

/** @internal */
export function namespaceOf(options: NamespaceOptions): string | undefined {
  return check.options<NamespaceOptions>(options, NAMESPACE).namespace;
}

/** What a newer selection has that an older one has not, and the other way round. */
export class ScopeDiff<C extends Columns = Columns> {
  readonly #inner: NativeScopeDiff;

  static {
    diffOf = <D extends Columns>(inner: NativeScopeDiff) => new ScopeDiff<D>(inner);
  }

  private constructor(inner: NativeScopeDiff) {
    this.#inner = inner;
  }

  /** Units that are affected now and were not before. */
  get added(): UnitSet<C> {
    return unitsOf<C>(this.#inner.added);
  }

  /** Units that were affected before and are not now. */
  get removed(): UnitSet<C> {
    return unitsOf<C>(this.#inner.removed);
  }

  /** Units that were affected before and still are. */
  get kept(): UnitSet<C> {
    return unitsOf<C>(this.#inner.kept);
  }

  /** The units whose verdict moved from one to another. */
  async moved(from: Verdict, to: Verdict): Promise<UnitSet<C>> {
    const asked = [check.text(from, 'from'), check.text(to, 'to')] as const;
    return unitsOf<C>(await attemptAsync(async () => this.#inner.moved(...asked)));
  }

  /** How many units moved from each verdict to each other. */
  moves(): Move[] {
    return JSON.parse(this.#inner.moves()) as Move[];
  }
}

/** What an invalid serial may be. */
export interface NearMiss {
  /** Its place in the list that was asked. */
  readonly place: number;
  /** The name of the family that it nearly fits. */
  readonly family: string;
  /** The unit that it would be; null where that is no unit, or not the only one. */
  readonly unit: UnitName | null;
}

/** What became of serials that were looked up. Places count from 0. */
export class Lookup<C extends Columns = Columns> {
  /** The units of the serials that are there once. */
  readonly found: UnitSet<C>;
  /** The places of serials that would fit, but are no unit's. */
  declare readonly unknown: readonly number[];
  /** The places of what fits no family and is no unit's. */
  declare readonly invalid: readonly number[];
  /** The places of serials that were asked before. */
  declare readonly duplicate: readonly number[];
  /** The places of serials that units of several namespaces have. */
  declare readonly ambiguous: readonly number[];
  /** What some of the invalid ones may be. */
  declare readonly nearMisses: readonly NearMiss[];

  static {
    lookupOf = <D extends Columns>(inner: NativeLookup) => new Lookup<D>(inner);
  }

  private constructor(inner: NativeLookup) {
    this.found = unitsOf<C>(inner.found);
    Object.assign(this, JSON.parse(inner.report()));
  }
}
