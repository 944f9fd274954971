import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { machine } from './machine.ts';
import { isReached, spread, spreadOf, type Spread } from './rounds.ts';
import type { Bench, Contest, Goal, Round } from './side.ts';

export interface Result {
  readonly bench: Bench;
  readonly contest: Contest;
  readonly rounds: readonly Round[];
  readonly seconds: number;
}

/** Three digits that count; a reader compares no more. */
const short = (value: number) =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
const told = ({ median, lowest, highest }: Spread) => `${short(median)} (${short(lowest)}–${short(highest)})`;
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** Medians of all rounds, the lowest and the highest beside them. */
export function tables({ contest, rounds }: Pick<Result, 'contest' | 'rounds'>): string {
  const { sides, goals } = contest;
  const columns = Object.keys(rounds[0]![sides[0]!.name]!);
  const cell = (side: string, column: string) => told(spread(rounds.map((round) => round[side]![column]!)));
  return [
    row(['', ...columns]),
    row(['---', ...columns.map(() => '--:')]),
    ...sides.map(({ name }) => row([name, ...columns.map((column) => cell(name, column))])),
    '',
    row(['', 'median (lowest–highest) of the rounds', 'goal', '']),
    row(['---', '--:', '---', '---']),
    ...goals.map((goal) => {
      const found = spreadOf(goal, rounds);
      const reached = isReached(goal, found);
      const verdict = reached === undefined ? '' : reached ? 'reached' : '**not reached**';
      return row([goal.what, `${told(found)} ${goal.unit}`, bound(goal), verdict]);
    }),
  ].join('\n');
}

const bound = ({ atLeast, atMost, unit }: Goal) =>
  atLeast !== undefined ? `≥ ${atLeast} ${unit}` : atMost !== undefined ? `≤ ${atMost} ${unit}` : '';

/** Puts the result where the last one of this bench stands in the page, and leaves the rest of it alone. */
export function write(file: string, result: Result): void {
  const { bench, rounds, seconds } = result;
  const [begin, end] = [`<!-- bench ${bench.name} -->`, `<!-- end of ${bench.name} -->`];
  const date = new Date().toISOString().slice(0, 10);
  const how = `${rounds.length} rounds of ${seconds} s a side, ${date}, on ${machine()}.`;
  const section = [begin, '', `## ${bench.name}`, '', bench.question, '', tables(result), '', how, '', end].join('\n');
  const page = existsSync(file) ? readFileSync(file, 'utf8') : '# Bench\n';
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  writeFileSync(
    file,
    from === -1 ? `${page.trimEnd()}\n\n${section}\n` : page.slice(0, from) + section + page.slice(to + end.length),
  );
}
