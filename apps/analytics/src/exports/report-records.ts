import { csvRecord, type Cell } from '../csv.ts';

/* Reports as records of a CSV file, the first of them the head. What a report answers besides its rows is not in it. */

type Row = Readonly<Record<string, unknown>>;

/** Rows of plain members, in the order of the first one; `columns` where there may be none. */
export const recordsOf = (rows: readonly Row[], columns: readonly string[]): string =>
  [csvRecord(columns), ...rows.map((row) => csvRecord(columns.map((column) => cellOf(row[column]))))].join('');

/** What a funnel's step or a goal is of stands in columns of its own. */
export const flat = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => (isCondition(value) ? Object.entries(value) : [[name, value]])),
  );

const isCondition = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && 'dimension' in value;

/** A list in a cell is in JSON. */
const cellOf = (value: unknown): Cell =>
  typeof value === 'object' && value !== null && !(value instanceof Date) ? JSON.stringify(value) : (value as Cell);
