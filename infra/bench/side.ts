import type { System } from './system.ts';

/** What one measurement has found, by name and unit: `{ 'requests/s': 19000, 'p50 ms': 3.2 }`. */
export type Figures = Readonly<Record<string, number>>;

/** One of those that are compared. */
export interface Side {
  readonly name: string;
  /** What is profiled and looked at; the others are there to compare it with. */
  readonly isOurs?: boolean;
  /** Puts it under load for so long. @throws Error when an answer was wrong: what fails fast is not fast */
  measure(seconds: number): Promise<Figures>;
}

/** What each side has found in one round, one right after the other. */
export type Round = Readonly<Record<string, Figures>>;

export interface Goal {
  readonly what: string;
  readonly unit: '×' | 'ms' | 's' | 'MB' | '/s';
  /** From the figures of one round only: the machine of the next one may be busier. */
  value(round: Round): number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Contest {
  readonly sides: readonly Side[];
  /** Without a bound it is only told. */
  readonly goals: readonly Goal[];
}

/** One question to the machine. */
export interface Bench {
  readonly name: string;
  /** What is compared with what, for the page. */
  readonly question: string;
  /** Starts what it needs, as processes of their own; the system stops them afterwards. */
  open(system: System): Promise<Contest>;
}

/** How a side compares with another of the same round. */
export const ratio = (figure: string, side: string, other: string) => (round: Round) =>
  round[side]![figure]! / round[other]![figure]!;

/** What was promised of one side beside another, and the same by what it costs the processor: that is less of a guess on a busy machine. */
export const ratios = (side: string, other: string, atLeast?: number): Goal[] => [
  { what: `${side} ÷ ${other}`, unit: '×', atLeast, value: ratio('requests/s', side, other) },
  { what: `${side} ÷ ${other}, by core`, unit: '×', value: ratio('requests/core s', side, other) },
];
