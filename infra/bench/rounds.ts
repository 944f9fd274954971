import type { Contest, Goal, Round, Side } from './side.ts';

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Every side once per round, one after the other, in turns from either end: what the machine does meanwhile, and what warms up,
 * meets all of them alike. The first turn of each, twice as long, is thrown away: engines compile what is hot.
 */
export async function measure({ sides }: Contest, rounds: number, seconds: number): Promise<Round[]> {
  if (rounds > 1) for (const side of sides) await side.measure(2 * seconds);
  const seen: Round[] = [];
  while (seen.length < rounds) {
    const order: readonly Side[] = seen.length % 2 ? [...sides].reverse() : sides;
    const round: Record<string, Round[string]> = {};
    for (const side of order) round[side.name] = await side.measure(seconds);
    seen.push(round);
  }
  return seen;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, lowest: sorted[0]!, highest: sorted.at(-1)! };
}

/** The figures of a goal are made within each round, and only then compared between rounds. */
export const spreadOf = (goal: Goal, rounds: readonly Round[]) => spread(rounds.map((round) => goal.value(round)));

/** Undefined when nothing was promised. */
export function isReached({ atLeast, atMost }: Goal, { median }: Spread): boolean | undefined {
  if (atLeast === undefined && atMost === undefined) return undefined;
  return (atLeast === undefined || median >= atLeast) && (atMost === undefined || median <= atMost);
}
