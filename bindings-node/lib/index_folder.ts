import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import * as check from './check.js';
import { attempt, attemptAsync, invalid } from './errors.js';
import { type Input, load, type LoadOptions, type LoadReport, REGISTRATIONS, type RegistrationOptions, type RegistrationReport, RETIRE, type RetireOptions, type RetireReport, UNITS, WRITING, type WritingOptions } from './load.js';
import { native, type NativeIndex } from './native.js';
import { type BoundScope, type Columns, nativeSchema, Schema, schemaOf, SerialFamily, type Unit } from './schema.js';
import { joined, nativeScope, parametersOf, type ParameterValues, type ScopeLike } from './scope.js';
import { type Lookup, lookupOf, namespaceOf, type NamespaceOptions, type Selection, selectionOf } from './selection.js';
import { CALL, type CallOptions, run } from './task.js';
import { type FoldReport, type Registrar, registrarFrom, type RegistrarOptions, type RegistrationInput } from './registrar.js';
import { type SegmentRows, type UnitSet, unitsOf } from './unit_set.js';

/** How an index is opened. */
export interface OpenOptions {
  /**
   * Whether files are read by copying instead of being mapped: for folders into which others write or
   * that are far away. A file that is cut or cannot be read is then an error, where one that is
   * mapped ends the process. What was read of a file is kept in the memory of the process.
   */
  copying?: boolean | undefined;
}

/** What a new index is told. */
export interface CreateOptions<C extends Columns> {
  /** The columns and serial families; what is left out is taken from the first load. */
  schema?: Schema<C> | undefined;
}

/** What a new index that is loaded at once is told. */
export interface BuildOptions<C extends Columns> extends CreateOptions<C>, LoadOptions {
  /** Who owns the units. */
  registrations?: Input<RegistrationInput> | undefined;
}

/** What selecting can be told. */
export interface SelectOptions extends CallOptions {
  /** The values of the scope's parameters. */
  parameters?: ParameterValues | undefined;
}

/** What a change of families can be told. */
export interface FamilyChangeOptions extends WritingOptions {
  /** Whether names and contacts are kept. */
  contactText?: boolean | undefined;
}

/** What a change of serial families did. */
export interface FamilyChangeReport {
  /** The version of the index in which the families are in force. */
  readonly version: number;
  /** The version of the families. */
  readonly familiesVersion: number;
  /** Units that were written anew. */
  readonly recoded: number;
  /** Units of segments in which no serial changes, and which stay as they are. */
  readonly unchanged: number;
  /** Units whose serial fitted no family and fits one now. */
  readonly nowCoded: number;
  /** Units whose serial fitted a family and fits none now. */
  readonly nowOpaque: number;
  /** The first few serials that fit no family now. */
  readonly nowOpaqueExamples: readonly string[];
  /** Registrations that were written anew. */
  readonly registrationsRecoded: number;
  /** How many units each serial family has, by name. */
  readonly families: Readonly<Record<string, number>>;
  /** How many units have a serial that fits no family. */
  readonly opaque: number;
}

/** What a compaction can be told. */
export interface CompactOptions extends WritingOptions {}

/** What a compaction did. */
export interface CompactReport {
  /** The version of the index after it: the one before where there was nothing to do. */
  readonly version: number;
  /** Segments of units before. */
  readonly unitSegmentsBefore: number;
  /** Segments of units after. */
  readonly unitSegments: number;
  /** Units that were written again. */
  readonly units: number;
  /** Segments of registrations before. */
  readonly registrationSegmentsBefore: number;
  /** Segments of registrations after. */
  readonly registrationSegments: number;
  /** Registrations that were written again. */
  readonly registrations: number;
}

/** What of an earlier version is shown. */
export interface SnapshotOptions {
  /**
   * How many of the registrations that came one by one; a selection knows how many it had. Unless
   * said otherwise, those that were known to be lasting as the version was published.
   */
  recorded?: number | undefined;
}

/** What was removed of earlier versions. */
export interface PruneReport {
  /** Versions that can be opened no more. */
  readonly versionsRemoved: number;
  /** Files that only they named. */
  readonly filesRemoved: number;
}

/** A part of a scope, and what it says of the units. */
export interface Clause {
  /** What it says, as SQL. */
  readonly text: string;
  /** How many wholes it is a part of. */
  readonly depth: number;
  /** Units for which it is TRUE, asked alone. */
  readonly rowsTrue: number;
  /** Units for which it is UNKNOWN, asked alone. */
  readonly rowsUnknown: number;
  /** Chunks that the least and greatest value ruled out. */
  readonly chunksPruned: number;
  /** Chunks in which it is the same for all rows, but not FALSE. */
  readonly chunksConstant: number;
  /** Chunks of which rows were read. */
  readonly chunksScanned: number;
  /** Nanoseconds that its test took. */
  readonly nanos: number;
}

/** How a scope was evaluated. */
export interface Explanation {
  /** Units for which it is TRUE. */
  readonly affected: number;
  /** Units for which it is UNKNOWN. */
  readonly undetermined: number;
  /** Chunks that the index has. */
  readonly chunks: number;
  /** Chunks in which the scope's serials lie. */
  readonly chunksInRange: number;
  /** Nanoseconds to plan. */
  readonly planNanos: number;
  /** Nanoseconds to evaluate, on one thread. */
  readonly evaluateNanos: number;
  /** The scope and its parts, each part after its whole. */
  readonly clauses: readonly Clause[];
}

/** What reading every byte of every file found. */
export interface Verification {
  /** How many files were read: those of the newest version that are there, and of the log. */
  readonly files: number;
  /** How many bytes were read. */
  readonly sizeBytes: number;
  /** What is damaged. */
  readonly damage: readonly { readonly path: string; readonly message: string }[];
  /** Whether everything is whole. */
  readonly isWhole: boolean;
}

const EXPLAIN = { parameters: (it: unknown) => it } as const;
const SELECT: check.Known<SelectOptions> = { ...CALL, ...EXPLAIN };
const counted = (value: unknown, name: string) => check.whole(value, name, 0, Number.MAX_SAFE_INTEGER);
const SNAPSHOT: check.Known<SnapshotOptions> = { recorded: counted };
const FAMILIES: check.Known<FamilyChangeOptions> = {
  ...WRITING,
  contactText: REGISTRATIONS.contactText,
};

/**
 * A folder of units with what is known of how they were made, and of registrations. Many processes
 * and workers may have it open at a time, and share its files' memory. A handle reads the version
 * that it opened, loaded or refreshed to.
 *
 * @example
 * ```ts
 * const index = await Index.build('plant.seriatim', [
 *   { serial: 'AX250000042500', facility: 'Leipzig' },
 *   { serial: 'AX250000042501', facility: 'Leipzig' },
 * ]);
 * const found = await index.select(col('facility').eq('Leipzig'));
 * found.affected.size; // 2
 * ```
 */
export class Index<C extends Columns = Columns> {
  readonly #inner: NativeIndex;
  /** The folder. */
  readonly path: string;

  private constructor(inner: NativeIndex, path: string) {
    this.#inner = inner;
    this.path = path;
  }

  /** Opens the index in a folder, at its newest version. */
  static async open<C extends Columns = Columns>(
    path: string | URL,
    options?: OpenOptions,
  ): Promise<Index<C>> {
    const folder = check.path(path);
    const { copying = false } = check.options<OpenOptions>(options, { copying: check.truth });
    return new Index<C>(await attemptAsync(async () => native.Index.open(folder, copying)), folder);
  }

  /** Makes an empty index in a folder that holds none. */
  static async create<const C extends Columns = Columns>(
    path: string | URL,
    options?: CreateOptions<C>,
  ): Promise<Index<C>> {
    const folder = check.path(path);
    const { schema } = check.options<CreateOptions<C>>(options, { schema: schemaGiven });
    const inner = schema === undefined ? nativeSchema(new Schema()) : nativeSchema(schema);
    return new Index<C>(await attemptAsync(async () => native.Index.create(folder, inner)), folder);
  }

  /** Makes an index in a folder and loads units, and registrations where they are given. */
  static async build<const C extends Columns = Columns>(
    path: string | URL,
    units: Input<Unit<C>>,
    options: BuildOptions<C> = {},
  ): Promise<Index<C>> {
    const { schema, registrations, ...rest } = options;
    check.options<LoadOptions>(rest, UNITS);
    const index = await Index.create<C>(path, { schema });
    await index.loadUnits(units, rest);
    if (registrations !== undefined) {
      const { signal, onProgress, threads, memoryBytesMax, segmentRowsMax } = rest;
      await index.loadRegistrations(registrations, { signal, onProgress, threads, memoryBytesMax, segmentRowsMax });
    }
    return index;
  }

  /** The version that is read; every change of the index makes a new one. */
  get version(): number {
    return attempt(() => this.#inner.version);
  }

  /** How often the serial families were changed, plus one. */
  get familiesVersion(): number {
    return attempt(() => this.#inner.familiesVersion);
  }

  /** The number of units. */
  get units(): number {
    return attempt(() => this.#inner.units);
  }

  /** The number of registrations. */
  get registrations(): number {
    return attempt(() => this.#inner.registrations);
  }

  /** How many registrations and changes ever came one by one, as far as this handle shows them. */
  get recorded(): number {
    return attempt(() => this.#inner.recorded);
  }

  /** The columns and serial families. */
  get schema(): Schema<C> {
    return attempt(() => schemaOf<C>(this.#inner.schema));
  }

  /** Adds units: all of them are in the index when it is done, or none is. */
  loadUnits(units: Input<Unit<C>>, options?: LoadOptions): Promise<LoadReport> {
    return load(units as Input<object>, options, UNITS, (...args) => this.#inner.loadUnits(...args));
  }

  /**
   * Takes units out of the index: all that are there, or none. Of the input the serial and the
   * namespace alone are read. An earlier version has the units still, and their registrations stay,
   * to wait for units of these serials.
   */
  retireUnits(units: Input<Pick<Unit<C>, 'serial' | 'namespace'>>, options?: RetireOptions): Promise<RetireReport> {
    return load(units as Input<object>, options, RETIRE, (...args) => this.#inner.retireUnits(...args));
  }

  /** Adds registrations: all of them are in the index when it is done, or none is. */
  loadRegistrations(registrations: Input<RegistrationInput>, options?: RegistrationOptions): Promise<RegistrationReport> {
    return load(registrations as Input<object>, options, REGISTRATIONS, (...args) =>
      this.#inner.loadRegistrations(...args),
    );
  }

  /** Puts other serial families in force: what they change is written anew. */
  async changeFamilies(families: readonly SerialFamily[], options?: FamilyChangeOptions): Promise<FamilyChangeReport> {
    const { signal, onProgress, ...rest } = check.options<FamilyChangeOptions>(options, FAMILIES);
    const schema = nativeSchema(new Schema({}, families));
    const text = JSON.stringify(rest);
    return JSON.parse(
      await run({ signal, onProgress }, (task) => this.#inner.changeFamilies(schema, text, task)),
    ) as FamilyChangeReport;
  }

  /** Makes few segments of many. Answers stay the same, and what has the index open is not disturbed. */
  async compact(options?: CompactOptions): Promise<CompactReport> {
    const { signal, onProgress, ...rest } = check.options<CompactOptions>(options, WRITING);
    const text = JSON.stringify(rest);
    return JSON.parse(
      await run({ signal, onProgress }, (task) => this.#inner.compact(text, task)),
    ) as CompactReport;
  }

  /** The versions that can be opened with `snapshotAt`, ascending. */
  versions(): Promise<number[]> {
    return attemptAsync(async () => this.#inner.versions());
  }

  /**
   * A handle that shows an earlier version, until it is refreshed or changes the index. A selection
   * knows the version that it was made on, and what was recorded by then.
   */
  async snapshotAt(version: number, options?: SnapshotOptions): Promise<Index<C>> {
    const { recorded } = check.options<SnapshotOptions>(options, SNAPSHOT);
    const number = counted(version, 'a version');
    return new Index<C>(await attemptAsync(async () => this.#inner.snapshotAt(number, recorded)), this.path);
  }

  /** Removes all versions but the newest so many, and the files that only they need. */
  async prune(versions: number): Promise<PruneReport> {
    const kept = check.whole(versions, 'the number of versions to keep', 1, Number.MAX_SAFE_INTEGER);
    return JSON.parse(await attemptAsync(async () => this.#inner.prune(kept))) as PruneReport;
  }

  /** Becomes the one writer, to take registrations one by one. */
  async registrar(options?: RegistrarOptions): Promise<Registrar> {
    const { contactText } = check.options<RegistrarOptions>(options, { contactText: check.truth });
    return registrarFrom(await attemptAsync(async () => this.#inner.registrar(randomBytes(32), contactText ?? true)));
  }

  /** Moves what was registered one by one into a segment, which answers faster. Registrars go on meanwhile. */
  async fold(): Promise<FoldReport> {
    return JSON.parse(await attemptAsync(async () => this.#inner.fold())) as FoldReport;
  }

  /** Takes the newest version, whoever made it, and what was registered since; whether there is anything new. */
  refresh(): Promise<boolean> {
    return attemptAsync(async () => this.#inner.refresh());
  }

  /** The units that a scope covers, and those it may cover. */
  async select(scope: ScopeLike, options?: SelectOptions): Promise<Selection<C>> {
    const { parameters, signal, onProgress } = check.options<SelectOptions>(options, SELECT);
    const [asked, values] = [nativeScope(scope), parametersOf(parameters)];
    return selectionOf<C>(await run({ signal, onProgress }, (task) => this.#inner.select(asked, values, task)));
  }

  /** Resolves a scope against the columns: it then decides about described units. */
  bind(scope: ScopeLike, parameters?: ParameterValues): BoundScope<C> {
    return this.schema.bind(scope, parameters);
  }

  /** Evaluates a scope and says how. */
  async explain(scope: ScopeLike, options?: Pick<SelectOptions, 'parameters'>): Promise<Explanation> {
    const { parameters } = check.options<Pick<SelectOptions, 'parameters'>>(options, EXPLAIN);
    const [asked, values] = [nativeScope(scope), parametersOf(parameters)];
    return JSON.parse(await attemptAsync(async () => this.#inner.explain(asked, values))) as Explanation;
  }

  /** All units. */
  all(): UnitSet<C> {
    return attempt(() => unitsOf<C>(this.#inner.all()));
  }

  /** Finds the units of many serials. */
  async lookup(serials: readonly string[], options?: NamespaceOptions): Promise<Lookup<C>> {
    if (!Array.isArray(serials)) throw invalid(`serials are a list, not ${check.kind(serials)}`);
    const namespace = options === undefined ? undefined : namespaceOf(options);
    const text = joined(serials);
    return lookupOf<C>(await attemptAsync(async () => this.#inner.lookup(text, namespace)));
  }

  /** Finds the units of many identifiers of a column that is one, such as IMEIs. */
  async lookupBy(column: keyof C & string, identifiers: readonly string[]): Promise<Lookup<C>> {
    if (!Array.isArray(identifiers)) throw invalid(`identifiers are a list, not ${check.kind(identifiers)}`);
    const [name, text] = [check.text(column, 'the name of a column'), joined(identifiers)];
    return lookupOf<C>(await attemptAsync(async () => this.#inner.lookupBy(name, text)));
  }

  /** The set of units that these rows are, as `UnitSet.toRoaring` gave them. */
  async setFromRoaring(parts: readonly SegmentRows[]): Promise<UnitSet<C>> {
    if (!Array.isArray(parts)) throw invalid(`rows are a list of { segment, rows }, not ${check.kind(parts)}`);
    const given = parts.map((it) => {
      if (!(it?.rows instanceof Uint8Array)) throw invalid('rows are portable Roaring bytes in a Uint8Array');
      return { segment: check.text(it.segment, 'segment'), rows: it.rows };
    });
    return unitsOf<C>(await attemptAsync(async () => this.#inner.setFromRoaring(given)));
  }

  /** Reads every byte of every file. */
  async verify(): Promise<Verification> {
    return JSON.parse(await attemptAsync(async () => this.#inner.verify())) as Verification;
  }

  /** Lets go of the index: nothing can be asked of this handle any more. What it gave stays. */
  close(): void {
    this.#inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `Index(${JSON.stringify(this.path)}, version ${this.version}, ${this.units} units, ${this.registrations} registrations)`;
  }
}

function schemaGiven(value: unknown): unknown {
  if (!(value instanceof Schema)) throw invalid(`schema is a Schema, not ${check.kind(value)}`);
  return value;
}
