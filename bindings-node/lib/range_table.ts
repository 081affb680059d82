import * as check from './check.js';
import { attempt, attemptAsync, invalid } from './errors.js';
import { native, type NativeRangeTable } from './native.js';
import { type Columns, nativeSchema, type Schema } from './schema.js';
import { type Scope, scopeOf } from './scope.js';

/** What a range table may be read as, where its rows leave it open. */
export type Assumption =
  | 'reversed_ends_are_swapped'
  | 'abbreviated_ends_are_expanded'
  | 'lost_zeros_are_restored'
  | 'empty_ends_are_open'
  | 'empty_ends_are_one_serial'
  | 'no_range_is_whole_model'
  | 'blank_models_repeat';

/** How a range table is read. */
export interface RangeTableOptions {
  /** The header of the column of models. */
  modelFrom?: string | undefined;
  /** The header of the column of first serials. */
  firstFrom?: string | undefined;
  /** The header of the column of last serials. */
  lastFrom?: string | undefined;
  /** The column of the index that models are compared with; `model` unless said otherwise. */
  modelColumn?: string | undefined;
  /** The characters that stand for any character. */
  maskCharacters?: string | undefined;
  /** What stands between cells. */
  delimiter?: string | undefined;
  /** What may be assumed; nothing unless said. */
  assume?: readonly Assumption[] | undefined;
}

const OPTIONS: check.Known<RangeTableOptions> = {
  modelFrom: check.text,
  firstFrom: check.text,
  lastFrom: check.text,
  modelColumn: check.text,
  maskCharacters: check.text,
  delimiter: check.text,
  assume: check.texts,
};

/** One thing that was found in a row. */
export interface Finding {
  /** Why the row needs a look, or cannot be used. */
  readonly reason: string;
  /** Whether the row cannot be used for it. */
  readonly refused: boolean;
  /** What was found; where the row is refused, also the way out. */
  readonly message: string;
}

/** A row: what stood in it, what became of it, and why. */
export interface TableRow {
  /** The line of the file in which the row begins, from 1. */
  readonly line: number;
  readonly model: string | null;
  readonly first: string;
  readonly last: string | null;
  readonly outcome: 'accepted' | 'flagged' | 'refused';
  /** What was found; empty where the row is accepted. */
  readonly findings: readonly Finding[];
}

/** The rows of one reason. */
export interface ReasonRows {
  readonly reason: string;
  /** Whether rows are refused for it. */
  readonly refused: boolean;
  /** The lines of the rows. */
  readonly lines: readonly number[];
}

/** What was found in a table, by reason. */
export interface RangeTableReport {
  /** Rows that the scope has as they are written. */
  readonly accepted: number;
  /** Rows that the scope has, at which somebody should look. */
  readonly flagged: number;
  /** Rows that the scope does not have. */
  readonly refused: number;
  /** Rows with nothing in any cell. */
  readonly blank: number;
  /** Those for which rows are refused first, with the lines of the rows. */
  readonly reasons: readonly ReasonRows[];
  /** Columns that were not looked at. */
  readonly columnsIgnored: readonly string[];
}

/**
 * A table of models and their serial ranges, as regulators and makers publish them. Each row is
 * accepted, flagged or refused with the reason; nothing is assumed that is not allowed.
 *
 * @example
 * ```ts
 * const table = await RangeTable.fromRows([['EFMIS129', 'A2001', 'A2308']], index.schema);
 * await index.select(table.scope());
 * ```
 */
export class RangeTable {
  readonly #inner: NativeRangeTable;
  /** The rows, in their order, without blank ones. */
  readonly rows: readonly TableRow[];
  /** How many rows were accepted, flagged and refused, and why. */
  readonly report: RangeTableReport;

  private constructor(inner: NativeRangeTable) {
    this.#inner = inner;
    const told = JSON.parse(inner.told()) as { rows: TableRow[]; report: RangeTableReport };
    this.rows = told.rows;
    this.report = told.report;
  }

  static async #read<C extends Columns>(
    source: object,
    schema: Schema<C>,
    options: RangeTableOptions | undefined,
  ): Promise<RangeTable> {
    const text = JSON.stringify(check.options<RangeTableOptions>(options, OPTIONS));
    const inner = nativeSchema(schema);
    return new RangeTable(
      await attemptAsync(async () => native.RangeTable.read(JSON.stringify(source), inner, text)),
    );
  }

  /** Reads a file of CSV. */
  static async openCsv<C extends Columns>(
    path: string | URL,
    schema: Schema<C>,
    options?: RangeTableOptions,
  ): Promise<RangeTable> {
    return RangeTable.#read({ file: check.path(path) }, schema, options);
  }

  /** Reads CSV. */
  static async fromCsv<C extends Columns>(
    csv: string,
    schema: Schema<C>,
    options?: RangeTableOptions,
  ): Promise<RangeTable> {
    return RangeTable.#read({ csv: check.text(csv, 'CSV') }, schema, options);
  }

  /** Reads rows of a model, a first and a last serial. */
  static async fromRows<C extends Columns>(
    rows: Iterable<readonly [model: string, first: string, last: string]>,
    schema: Schema<C>,
    options?: RangeTableOptions,
  ): Promise<RangeTable> {
    const given = Array.from(rows, (it) => {
      if (!Array.isArray(it) || it.length !== 3) throw invalid('a row is a model, a first and a last serial');
      return check.texts(it, 'a row');
    });
    return RangeTable.#read({ rows: given }, schema, options);
  }

  /** What the table covers; an error while a row is refused. */
  scope(): Scope {
    return attempt(() => scopeOf(this.#inner.scope()));
  }

  /** What the table covers without the rows that are refused, by their number. */
  scopeWithoutRefused(refused: number): Scope {
    const count = check.whole(refused, 'refused', 0, 2 ** 32 - 1);
    return attempt(() => scopeOf(this.#inner.scopeWithoutRefused(count)));
  }
}
