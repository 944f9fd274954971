import { oneLine } from './tail-line.ts';

export interface Answer {
  readonly fields: readonly { readonly name: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** As psql shows it: a line of names, a line per row, how many there are. NULL is nothing. */
export function sqlTable({ fields, rows }: Answer): string {
  const lines = [fields.map(({ name }) => name), ...rows].map((cells) => cells.map((cell) => oneLine(cell ?? '')));
  const widths = fields.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ').trimEnd(); // prettier-ignore
  const [names, ...shown] = lines.map(line);
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  return [names, rule, ...shown, `(${rows.length === 1 ? '1 row' : `${rows.length} rows`})`].join('\n');
}
