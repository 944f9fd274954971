export const HITS_OPTIONS = Symbol('HITS_OPTIONS');

export interface HitsOptions {
  /** For how many days raw hits are kept. */
  readonly rawDays: number;
}
