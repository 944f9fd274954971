import { Counter } from 'k6/metrics';
import type { Threshold } from 'k6/options';
import { profile } from './profiles.ts';

/**
 * What the system has acknowledged against what is there in the end. People share no memory in k6, but they share metrics: each acknowledgement
 * adds one, teardown takes off what it finds, and nothing may be left.
 */
export class Ledger {
  readonly #acknowledged: Counter;
  readonly #missing: Counter;
  readonly #surplus: Counter | undefined;
  readonly thresholds: Readonly<Record<string, Threshold[]>>;

  /** @param what a plural noun; to be made when the script is loaded. @param counts `asked`: it is told before each, and more may never be there */
  constructor(what: string, counts: 'asked' | undefined = undefined) {
    this.#acknowledged = new Counter(`acknowledged_${what}`);
    this.#missing = new Counter(`missing_${what}`);
    this.#surplus = counts && new Counter(`surplus_${what}`);
    this.thresholds = {
      [`acknowledged_${what}`]: ['count>0'], // of nothing, nothing is missing
      // Where people are turned away some writes are done and not acknowledged: more may be there, never less.
      [`missing_${what}`]: [profile.mayTurnAway ? 'count<=0' : 'count==0'],
      ...(counts && { [`surplus_${what}`]: ['count<=0'] }),
    };
  }

  /** About to be sent: whether it is answered or not, it may be there once. */
  asked(count = 1): void {
    this.#surplus?.add(-count);
  }

  acknowledged(count = 1): void {
    this.#acknowledged.add(count);
    this.#missing.add(count);
  }

  found(count: number): void {
    this.#missing.add(-count);
    this.#surplus?.add(count);
  }
}
