/** How much of one kind of request a subject may send: a bucket of tokens that fills up evenly. */
export interface LimitPolicy {
  /** As clients see it in headers: lower case letters, digits and hyphens. */
  readonly name: string;
  /** Tokens in a full bucket: so many requests may come at once. */
  readonly burst: number;
  /** Tokens that flow in: so many requests may come for good. */
  readonly perMinute: number;
  /** Lends nothing, so that each request asks Redis: for limits as small as sign-in's. */
  readonly exact: boolean;
}

export interface RateDecision {
  readonly allowed: boolean;
  /** Whole tokens left, as far as this process knows. */
  readonly remaining: number;
  /** Seconds until the bucket is full again. */
  readonly resetSeconds: number;
  /** Seconds until a request of this cost may come; 0 when this one may. */
  readonly retryAfterSeconds: number;
}

/** A lease is this part of the bucket: two instances that hold one each keep back half a per cent of it. */
const PORTION = 1 / 400;
/** After a refusal Redis is asked again when a portion has flowed in, or what flows in within this time if that is less. */
export const PATIENCE_MS = 250;

/** What follows from a policy's figures. */
export class Figures {
  readonly perMs: number;
  /** Tokens that are kept at hand. None where the bucket is too small to lend without refusing what is due. */
  readonly portion: number;
  /** At so few tokens at hand more are fetched. */
  readonly low: number;
  /** Tokens that make it worth to ask a bucket that was found empty. */
  readonly worthAsking: number;

  /** @throws RangeError when a figure or the name makes no limit */
  constructor(readonly policy: LimitPolicy) {
    const { name, burst, perMinute, exact } = policy;
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new RangeError(`"${name}" is no name of a limit`);
    if (!Number.isSafeInteger(burst) || burst < 1 || !(perMinute > 0) || !Number.isFinite(perMinute))
      throw new RangeError(`The limit ${name} needs a whole burst and a rate, both above 0`);
    this.perMs = perMinute / 60_000;
    this.portion = exact ? 0 : Math.floor(burst * PORTION);
    this.low = Math.floor(this.portion / 4);
    this.worthAsking = Math.min(this.portion, this.perMs * PATIENCE_MS);
  }
}
