import type { NativeColumns, NativeValues } from './native.js';

/** A value in a row: days and points in time are ISO texts, and null is missing. */
export type Cell = string | number | boolean | string[] | null;

/** The rows of a batch as plain objects with the same properties in the same order. @internal */
export function rowsOf(batch: NativeColumns): Record<string, Cell>[] {
  const names = batch.columns.map((it) => it.name);
  const columns = batch.columns.map((it) => cellsOf(it, batch.rows));
  const rows = new Array<Record<string, Cell>>(batch.rows);
  for (let row = 0; row < batch.rows; row += 1) {
    const made: Record<string, Cell> = {};
    for (let at = 0; at < names.length; at += 1) {
      made[names[at] as string] = (columns[at] as Cell[])[row] as Cell;
    }
    rows[row] = made;
  }
  return rows;
}

/** The values of a column, one for each row. @internal */
export function cellsOf(values: NativeValues, rows: number): Cell[] {
  const cells = present(values, rows);
  if (values.valid !== undefined) {
    for (let row = 0; row < rows; row += 1) if (values.valid[row] === 0) cells[row] = null;
  }
  return cells;
}

function present({ numbers, truths, text, ends, keys, listEnds }: NativeValues, rows: number): Cell[] {
  const cells = new Array<Cell>(rows);
  if (numbers !== undefined) {
    for (let row = 0; row < rows; row += 1) cells[row] = numbers[row] as number;
    return cells;
  }
  if (truths !== undefined) {
    for (let row = 0; row < rows; row += 1) cells[row] = truths[row] === 1;
    return cells;
  }
  const distinct = slices(text ?? '', ends ?? new Uint32Array());
  const texts = keys === undefined ? distinct : numbered(distinct, keys);
  if (listEnds === undefined) return texts;
  let start = 0;
  for (let row = 0; row < rows; row += 1) {
    const end = listEnds[row] as number;
    const list = new Array<string>(end - start);
    for (let at = start; at < end; at += 1) list[at - start] = texts[at] as string;
    cells[row] = list;
    start = end;
  }
  return cells;
}

/** For each number the text that has it. */
function numbered(texts: string[], numbers: Int32Array): string[] {
  const all = new Array<string>(numbers.length);
  for (let at = 0; at < numbers.length; at += 1) all[at] = texts[numbers[at] as number] as string;
  return all;
}

/** The texts of a long text. */
function slices(text: string, ends: Uint32Array): string[] {
  const texts = new Array<string>(ends.length);
  let start = 0;
  for (let at = 0; at < ends.length; at += 1) {
    const end = ends[at] as number;
    texts[at] = text.slice(start, end);
    start = end;
  }
  return texts;
}
