export const ROLLUPS_OPTIONS = Symbol('ROLLUPS_OPTIONS');

export interface RollupsOptions {
  /** For how many days raw hits are kept. */
  readonly rawDays: number;
}
