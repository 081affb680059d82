import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import * as check from './check.js';
import { attempt, attemptAsync, cancelled, translated } from './errors.js';
import type { NativeColumns, NativeCursor, NativeFrame } from './native.js';
import { rowsOf } from './rows.js';

/** How a table is read. */
export interface ReadOptions {
  /** Rows that are read at a time; 1,024 unless said otherwise, and 16,384 as lines of JSON or Arrow. */
  batchSize?: number | undefined;
  /** Stops the reading. */
  signal?: AbortSignal | undefined;
}

/** What `toArrow` needs of the module `apache-arrow`: the one that the caller has. */
export interface ArrowModule<Table> {
  tableFromIPC(bytes: Uint8Array): Table;
}

const READ = {
  batchSize: (it: unknown, name: string) => check.whole(it, name, 1, 1 << 24),
  signal: check.signal,
} as const;
const BATCH_ROWS = 1_024;
/** Rows that are read at a time where no objects are made of them. */
const WIDE_ROWS = 16_384;

/** Makes the rows of a batch. @internal */
export type MakeRows<R> = (batch: NativeColumns) => R[];

/** @internal */
export let frameOf: <R extends object>(source: () => Promise<NativeFrame>, make?: MakeRows<R>) => Frame<R>;

/**
 * A table that is read batch by batch when it is asked for; every reading begins anew, and stops
 * where the reader stops. Rows are plain objects.
 *
 * @example
 * ```ts
 * for await (const owner of ownership.contacts()) await queue.add(owner);
 * response.body = ownership.contacts().ndjson();
 * ```
 */
export class Frame<R extends object> implements AsyncIterable<R> {
  readonly #source: () => Promise<NativeFrame>;
  readonly #make: MakeRows<R>;

  static {
    frameOf = (source, make) => new Frame(source, make);
  }

  private constructor(source: () => Promise<NativeFrame>, make: MakeRows<R> = rowsOf as unknown as MakeRows<R>) {
    this.#source = source;
    this.#make = make;
  }

  /** The names of the columns. */
  async columns(): Promise<string[]> {
    return (await attemptAsync(this.#source)).columns;
  }

  /** The number of rows; undefined where it is known only by reading. */
  async count(): Promise<number | undefined> {
    return (await attemptAsync(this.#source)).rows ?? undefined;
  }

  /** The rows, one by one. */
  [Symbol.asyncIterator](): AsyncIterableIterator<R> {
    return this.rows();
  }

  /** The rows, one by one, with options. */
  rows(options?: ReadOptions): AsyncIterableIterator<R> {
    return new Rows(this.#batches(options));
  }

  /** The rows, many at a time: the quickest way to objects. */
  batches(options?: ReadOptions): AsyncIterableIterator<R[]> {
    return this.#batches(options);
  }

  #batches(options: ReadOptions | undefined): Batches<R[]> {
    const { batchSize = BATCH_ROWS, signal } = check.options<ReadOptions>(options, READ);
    return new Batches(this.#source, batchSize, signal, async (cursor) => {
      const batch = await cursor.nextColumns();
      return batch === null ? null : this.#make(batch);
    });
  }

  /** All rows, for small tables. */
  async toArray(options?: ReadOptions): Promise<R[]> {
    const rows: R[] = [];
    for await (const batch of this.batches(options)) for (const row of batch) rows.push(row);
    return rows;
  }

  /** The rows as lines of JSON, made outside of JavaScript; read no faster than they are taken. */
  ndjson(options?: ReadOptions): Readable {
    const { batchSize = WIDE_ROWS, signal } = check.options<ReadOptions>(options, READ);
    const lines = new Batches(this.#source, batchSize, signal, (cursor) => cursor.nextLines());
    return new Readable({
      highWaterMark: 1 << 20,
      read() {
        lines.next().then(
          ({ value, done }) => this.push(done === true ? null : value),
          (error: unknown) => this.destroy(error as Error),
        );
      },
      destroy(error, done) {
        lines.return().then(() => done(error), done);
      },
    });
  }

  /** The whole table as an Arrow IPC stream. */
  async toArrowIPC(options?: Pick<ReadOptions, 'batchSize'>): Promise<Uint8Array> {
    const { batchSize = WIDE_ROWS } = check.options<Pick<ReadOptions, 'batchSize'>>(options, {
      batchSize: READ.batchSize,
    });
    return attemptAsync(async () => (await this.#source()).toArrowIpc(batchSize));
  }

  /**
   * The whole table as a table of `apache-arrow`, of the version that the caller has.
   *
   * @example
   * ```ts
   * import * as arrow from 'apache-arrow';
   * const table = await ownership.contacts().toArrow(arrow);
   * ```
   */
  async toArrow<Table>(arrow: ArrowModule<Table>): Promise<Table> {
    if (typeof arrow?.tableFromIPC !== 'function') {
      attempt(() => check.callback(arrow?.tableFromIPC, 'tableFromIPC of the module apache-arrow'));
    }
    return arrow.tableFromIPC(await this.toArrowIPC());
  }

  [inspect.custom](): string {
    return 'Frame { rows as they are read }';
  }
}

/** Batches as they are read; the next one is read while one is used. */
class Batches<T> implements AsyncIterableIterator<T> {
  readonly #source: () => Promise<NativeFrame>;
  readonly #batchRows: number;
  readonly #signal: AbortSignal | undefined;
  readonly #read: (cursor: NativeCursor) => Promise<T | null>;
  #cursor: Promise<NativeCursor> | undefined;
  #ahead: Promise<T | null> | undefined;
  #ended = false;

  constructor(
    source: () => Promise<NativeFrame>,
    batchRows: number,
    signal: AbortSignal | undefined,
    read: (cursor: NativeCursor) => Promise<T | null>,
  ) {
    this.#source = source;
    this.#batchRows = batchRows;
    this.#signal = signal;
    this.#read = read;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #request(): Promise<T | null> {
    this.#cursor ??= this.#source().then((it) => it.cursor(this.#batchRows));
    const batch = this.#cursor.then((it) => this.#read(it));
    // It may be asked for later or never: an error is told when it is.
    batch.catch(() => undefined);
    return batch;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#signal?.aborted && !this.#ended) {
      this.#end();
      throw cancelled(this.#signal.reason);
    }
    if (this.#ended) return { value: undefined, done: true };
    const current = this.#ahead ?? this.#request();
    this.#ahead = undefined;
    let value: T | null;
    try {
      value = await current;
    } catch (error) {
      this.#end();
      throw translated(error);
    }
    if (value === null) {
      this.#end();
      return { value: undefined, done: true };
    }
    if (!this.#ended) this.#ahead = this.#request();
    return { value, done: false };
  }

  #end(): void {
    this.#ended = true;
    this.#cursor = undefined;
    this.#ahead = undefined;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }
}

/** The rows of batches, one by one. */
class Rows<R> implements AsyncIterableIterator<R> {
  readonly #batches: Batches<R[]>;
  #rows: R[] = [];
  #at = 0;

  constructor(batches: Batches<R[]>) {
    this.#batches = batches;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (this.#at < this.#rows.length) {
      const value = this.#rows[this.#at] as R;
      this.#at += 1;
      return Promise.resolve({ value, done: false });
    }
    return this.#more();
  }

  async #more(): Promise<IteratorResult<R, undefined>> {
    const { value, done } = await this.#batches.next();
    if (done === true) return { value: undefined, done: true };
    this.#rows = value;
    this.#at = 1;
    return { value: value[0] as R, done: false };
  }

  return(): Promise<IteratorResult<R, undefined>> {
    this.#rows = [];
    this.#at = 0;
    return this.#batches.return() as Promise<IteratorResult<R, undefined>>;
  }
}
