import * as check from './check.js';
import { invalid, translated } from './errors.js';
import { native, type NativeFeed, type NativeTask } from './native.js';
import type { Inference } from './schema.js';
import { CALL, type CallOptions, run } from './task.js';
import { type Keys, rowJson } from './values.js';

/**
 * What is loaded: files of Parquet or of CSV; Arrow IPC streams or files as bytes; plain objects in
 * an array, or in any iterable or async iterable, one by one or many at a time.
 */
export type Input<U> =
  | string
  | URL
  | readonly (string | URL)[]
  | Uint8Array
  | Iterable<U | readonly U[] | Uint8Array>
  | AsyncIterable<U | readonly U[] | Uint8Array>;

/** What every call that writes segments can be told. */
export interface WritingOptions extends CallOptions {
  /** Rows that a segment may have. */
  segmentRowsMax?: number | undefined;
  /** Bytes of rows to hold before a segment is written, about. */
  memoryBytesMax?: number | undefined;
  /** How many threads to use; those that all calls share unless said otherwise. */
  threads?: number | undefined;
}

/** What every load can be told. */
export interface CommonOptions extends WritingOptions {
  /** Columns of the input that are left out. */
  ignore?: readonly string[] | undefined;
  /** The namespace of all rows. */
  namespace?: string | undefined;
  /** A file of CSV for rows that cannot be read; without it, such a row is an error. */
  rejects?: string | URL | undefined;
}

/** What a load of units can be told. */
export interface LoadOptions extends CommonOptions {
  /** The column of the input that has the serial; `serial` unless said otherwise. */
  serial?: string | undefined;
  /** The column of the input that has the namespace. */
  namespaceColumn?: string | undefined;
  /** Columns of the input by the names that they have in the index. */
  rename?: Readonly<Record<string, string>> | undefined;
  /**
   * What to do with a serial that comes twice, or is there already; `refuse` unless said otherwise.
   * The latest wins as a whole: what it does not say is missing. A load that amends corrects units
   * that are there, and leaves what it does not say as it was.
   */
  duplicates?: 'refuse' | 'latest_wins' | 'amend' | undefined;
  /** Whether serial families are read off the serials, where none is declared; they are unless said otherwise. */
  inferFamilies?: boolean | undefined;
}

/** Where the serials of units to retire are found. */
export interface RetireOptions extends Pick<CommonOptions, 'signal' | 'onProgress' | 'namespace'> {
  /** The column of the input that has the serial; `serial` unless said otherwise. */
  serial?: string | undefined;
  /** The column of the input that has the namespace. */
  namespaceColumn?: string | undefined;
}

/** What was retired. */
export interface RetireReport {
  /** The version of the index without the units; the one before, where none was retired. */
  readonly version: number;
  /** Rows read. */
  readonly read: number;
  /** Units retired. */
  readonly retired: number;
  /** Serials that no unit has, or none any more. */
  readonly unknown: number;
  /** The first few of them. */
  readonly unknownExamples: readonly string[];
}

/** What a load of registrations can be told. */
export interface RegistrationOptions extends CommonOptions {
  /** Columns of the input, and the fields that they are. */
  map?: Readonly<Record<string, string>> | undefined;
  /** Whether names and contacts are kept; they are unless said otherwise. */
  contactText?: boolean | undefined;
}

/** What a load has in an identifier column. */
export interface IdentifierReport {
  /** The name of the column. */
  readonly column: string;
  /** How many units have an identifier of each of its families, by name. */
  readonly families: Readonly<Record<string, number>>;
  /** How many units have one that fits no family. */
  readonly opaque: number;
}

/** What became of the rows of a load of units. */
export interface LoadReport {
  /** The version of the index that holds the units. */
  readonly version: number;
  /** Rows read. */
  readonly read: number;
  /** Units that the load put into the index. */
  readonly loaded: number;
  /** Rows replaced by a later row of the same load. */
  readonly replacedInLoad: number;
  /** Units of the index replaced or amended by the load. */
  readonly replacedInIndex: number;
  /** The first few serials that came more than once. */
  readonly duplicateExamples: readonly string[];
  /** Rows left out. */
  readonly rejected: number;
  /** Why, for the first few. */
  readonly rejectedExamples: readonly string[];
  /** How many units the load has of each serial family, by name. */
  readonly families: Readonly<Record<string, number>>;
  /** How many units have a serial that fits no family. */
  readonly opaque: number;
  /** The same for every identifier column. */
  readonly identifiers: readonly IdentifierReport[];
  /** The families that the load read off its serials. */
  readonly inference: Inference;
  /** Columns of the index that the input did not have. */
  readonly absentColumns: readonly string[];
}

/** What became of the rows of a load of registrations. It names no owner. */
export interface RegistrationReport {
  /** The version of the index that holds the registrations. */
  readonly version: number;
  /** Rows read. */
  readonly read: number;
  /** Registrations that the load put into the index. */
  readonly loaded: number;
  /** Rows replaced by a later row of the same load. */
  readonly replacedInLoad: number;
  /** Registrations of the index that the load replaced. */
  readonly replacedInIndex: number;
  /** Registrations of a serial that would fit, but is no unit's; they link up when it comes. */
  readonly unknownSerials: number;
  /** Registrations of a serial that fits no family and is no unit's. */
  readonly invalidSerials: number;
  /** Registrations whose serial units of several namespaces have. */
  readonly ambiguous: number;
  /** Rows left out. */
  readonly rejected: number;
  /** Why, for the first few. */
  readonly rejectedExamples: readonly string[];
}

const positive = (value: unknown, name: string) => check.whole(value, name, 1, Number.MAX_SAFE_INTEGER);

/** @internal */
export const WRITING = {
  ...CALL,
  segmentRowsMax: positive,
  memoryBytesMax: positive,
  threads: (value: unknown, name: string) => check.whole(value, name, 1, 1_024),
} as const;

const COMMON = {
  ...WRITING,
  ignore: check.texts,
  namespace: check.text,
  rejects: check.path,
} as const;

/** @internal */
export const UNITS: check.Known<LoadOptions> = {
  ...COMMON,
  serial: check.text,
  namespaceColumn: check.text,
  rename: check.textsByName,
  duplicates: check.oneOf('refuse', 'latest_wins', 'amend'),
  inferFamilies: check.truth,
};

/** @internal */
export const RETIRE: check.Known<RetireOptions> = {
  ...CALL,
  namespace: check.text,
  serial: check.text,
  namespaceColumn: check.text,
};

/** @internal */
export const REGISTRATIONS: check.Known<RegistrationOptions> = {
  ...COMMON,
  map: check.textsByName,
  contactText: check.truth,
};

/** Rows that are carried over at a time. */
const PIECE_ROWS = 4_096;

type Start = (source: string, feed: NativeFeed, options: string, task: NativeTask) => Promise<string>;

/** Loads an input, and reads the report. @internal */
export async function load<O extends CallOptions, R>(
  input: Input<object>,
  given: O | undefined,
  known: check.Known<O>,
  start: Start,
): Promise<R> {
  const { signal, onProgress, ...options } = check.options<O>(given, known) as LoadOptions & { map?: [string, string][] };
  const text = JSON.stringify(options);
  const feed = new native.Feed();
  const paths = pathsOf(input);
  if (paths !== undefined) {
    const source = sourceOf(paths);
    return JSON.parse(await run({ signal, onProgress }, (task) => start(source, feed, text, task))) as R;
  }
  const items = itemsOf(input)[Symbol.asyncIterator]();
  const first = await items.next();
  const source = first.done !== true && first.value instanceof Uint8Array ? '"arrow"' : '"rows"';
  let fault: { error: unknown } | undefined;
  const report = await run({ signal, onProgress }, (task) => {
    const loaded = start(source, feed, text, task);
    pump(first, items, feed, keysOf(options)).then(
      () => feed.end(),
      (error: unknown) => {
        fault = { error };
        feed.fail();
      },
    );
    return loaded;
  }).catch((error: unknown) => {
    throw fault === undefined ? error : translated(fault.error);
  });
  return JSON.parse(report) as R;
}

/** Gives the items of an input to a load, as fast as it takes them. */
async function pump(
  first: IteratorResult<Item>,
  items: AsyncIterator<Item>,
  feed: NativeFeed,
  keys: Keys,
): Promise<void> {
  let rows: string[] = [];
  let place = 0;
  const add = async (row: object) => {
    place += 1;
    rows.push(rowJson(row, place, keys));
    if (rows.length === PIECE_ROWS) await give();
  };
  const give = async () => {
    if (rows.length > 0) await feed.rows(`[${rows.join(',')}]`);
    rows = [];
  };
  try {
    for (let item = first; item.done !== true && !feed.closed; item = await items.next()) {
      if (item.value instanceof Uint8Array) await feed.arrow(item.value);
      else if (Array.isArray(item.value)) for (const row of item.value) await add(row as object);
      else await add(item.value as object);
    }
    await give();
  } finally {
    if (feed.closed) await items.return?.();
  }
}

function keysOf({ serial, namespaceColumn, map }: LoadOptions & { map?: [string, string][] }): Keys {
  const mapped = (field: string) => map?.find(([, it]) => it === field)?.[0];
  return {
    serial: serial ?? mapped('serial') ?? 'serial',
    namespace: namespaceColumn ?? mapped('namespace') ?? 'namespace',
  };
}

type Item = object | readonly object[] | Uint8Array;

function pathsOf(input: Input<object>): string[] | undefined {
  if (typeof input === 'string' || input instanceof URL) return [check.path(input)];
  const isPath = (it: unknown) => typeof it === 'string' || it instanceof URL;
  if (Array.isArray(input) && input.length > 0 && isPath(input[0])) return input.map((it) => check.path(it));
  return undefined;
}

function sourceOf(paths: readonly string[]): string {
  for (const kind of ['parquet', 'csv']) {
    if (paths.every((it) => it.toLowerCase().endsWith(`.${kind}`))) return JSON.stringify({ [kind]: paths });
  }
  throw invalid('files to load end in .parquet, or all of them in .csv');
}

async function* itemsOf(input: Input<object>): AsyncGenerator<Item> {
  if (input instanceof Uint8Array) {
    yield input;
    return;
  }
  if (Array.isArray(input) && !(input[0] instanceof Uint8Array)) {
    yield input as object[];
    return;
  }
  const iterable = input as Iterable<Item> | AsyncIterable<Item>;
  if (iterable === null || typeof iterable !== 'object' || !(Symbol.iterator in iterable || Symbol.asyncIterator in iterable)) {
    throw invalid(`an input is a path, Arrow IPC as a Uint8Array, or rows in an array or iterable, not ${check.kind(input)}`);
  }
  yield* iterable;
}

