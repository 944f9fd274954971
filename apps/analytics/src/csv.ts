/** What a cell may hold: everything else is made a text first. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** A spreadsheet takes what begins so for a formula, and runs it for whoever opens the file. */
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/;
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/**
 * One record of a CSV file (RFC 4180), its line break included. What strangers have sent is a text and never a formula: an apostrophe before it says so to
 * a spreadsheet (OWASP, CSV injection). Numbers stay what they are, negative ones too.
 */
export const csvRecord = (cells: readonly Cell[]) => `${cells.map(field).join(',')}\r\n`;

function field(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
