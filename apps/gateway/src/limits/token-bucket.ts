import { PATIENCE_MS, type Figures, type RateDecision } from './limit-policy.ts';

/** What Redis is asked about one bucket, in tokens. */
export interface Question {
  /** Leased before and still at hand. */
  readonly held: number;
  /** Leased before and given back. */
  readonly back: number;
  /** Let through without asking. */
  readonly owed: number;
  /** For requests that wait. */
  readonly needed: number;
  /** To be leased besides. */
  readonly spare: number;
}

export interface Answer {
  /** At most `needed` and `spare` together; whole tokens. */
  readonly given: number;
  /** Tokens that are left. */
  readonly left: number;
  /** Tokens that other gateways hold, and may give back. */
  readonly elsewhere: number;
}

/** How long a lease may be spent, from when it was asked for. Redis begins to count later, so it is never the first to forget. */
export const LEASE_MS = 1_000;
/** A lease that is as old as this is given back: early enough for Redis to know of it still. */
const STALE_MS = 600;

/**
 * What this process knows of one subject's bucket in Redis, and the tokens of it that it has leased. Times are milliseconds of a
 * monotonic clock. While Redis is away the same figures are all there is, and it goes on as a bucket of its own.
 */
export class TokenBucket {
  /** Leased: taken from the bucket in Redis, not spent yet. */
  private held = 0;
  private leasedAt = 0;
  /** What the bucket was last seen to have. Others take from it: there is no more than this and what has flowed in since. */
  private seen: number;
  private seenAt: number;
  /** It was found empty: not asked again for a single token. */
  private dry = false;
  /** Others may give back what they hold: a refusal is not final. */
  private mayGrow = false;
  /** Let through without asking, which Redis is to know. */
  private owed = 0;

  constructor(
    private readonly figures: Figures,
    now: number,
  ) {
    this.seen = figures.policy.burst; // not known: at most full
    this.seenAt = now;
  }

  /** Spends what is at hand. */
  spend(cost: number, now: number): boolean {
    if (now - this.leasedAt >= LEASE_MS) this.held = 0;
    if (this.held < cost) return false;
    this.held -= cost;
    return true;
  }

  /** Whether Redis may have as much; `ahead` is what others of this process wait for. When not, there is no need to ask. */
  mayHave(cost: number, ahead: number, now: number): boolean {
    if (this.mayGrow && now - this.seenAt >= PATIENCE_MS) return true;
    return this.held + this.level(now) >= (this.dry ? Math.max(cost, this.figures.worthAsking) : cost) + ahead;
  }

  /** Whether more should be fetched before it is missed. */
  isLow(now: number): boolean {
    const { low, portion, worthAsking } = this.figures;
    return portion > 0 && this.held <= low && this.level(now) >= (this.dry ? worthAsking : 1);
  }

  /** Without Redis: what it was last seen to have is this process's own. */
  spendAlone(cost: number, now: number): boolean {
    if (this.spend(cost, now)) return true;
    const level = this.level(now);
    if (level < cost) return false;
    this.seen = level - cost;
    this.seenAt = now;
    this.owed += cost;
    return true;
  }

  question(needed: number, now: number): Question {
    if (now - this.leasedAt >= LEASE_MS) this.held = 0;
    const { policy, portion } = this.figures;
    // The bucket in Redis has filled up as well: it lacks no more than this one does.
    this.owed = Math.min(this.owed, policy.burst - this.level(now));
    return { held: this.held, back: 0, owed: this.owed, needed, spare: Math.max(0, portion - this.held) };
  }

  /** @param spent what of the given tokens went to those who waited */
  answered(question: Question, { given, left, elsewhere }: Answer, spent: number, askedAt: number): void {
    this.owed -= question.owed;
    this.held += given - spent;
    this.leasedAt = askedAt;
    this.seen = left;
    this.seenAt = askedAt; // Redis looked then or later: what flowed in while the answer was on its way is there, too
    this.dry = given < question.needed + question.spare;
    this.mayGrow = elsewhere > 0;
  }

  /** Came when nobody waited any more: those who did were let through or not without it. */
  answeredLate(question: Question, { given }: Answer): void {
    this.owed = Math.max(0, this.owed - question.owed - Math.min(given, question.needed));
  }

  get holds(): boolean {
    return this.held > 0;
  }

  isStale(now: number): boolean {
    return now - this.leasedAt >= STALE_MS;
  }

  /** Lets go of the lease. There is a question when Redis is the poorer for it: a bucket that is full again by itself gains nothing. */
  giveBack(now: number): Question | undefined {
    const back = this.held;
    this.held = 0;
    const isLapsed = now - this.leasedAt >= LEASE_MS;
    if (back === 0 || isLapsed || this.level(now) >= this.figures.policy.burst) return undefined;
    return { held: 0, back, owed: 0, needed: 0, spare: 0 };
  }

  allowed(now: number): RateDecision {
    const tokens = this.tokens(now);
    return { allowed: true, remaining: Math.floor(tokens), resetSeconds: this.toFull(tokens), retryAfterSeconds: 0 };
  }

  refused(cost: number, now: number): RateDecision {
    const tokens = this.tokens(now);
    const wanted = this.dry ? Math.max(cost, this.figures.worthAsking) : cost;
    const retryAfterSeconds = Math.max(1, this.seconds(wanted - tokens));
    return { allowed: false, remaining: Math.floor(tokens), resetSeconds: this.toFull(tokens), retryAfterSeconds };
  }

  private level(now: number): number {
    return Math.min(this.figures.policy.burst, this.seen + (now - this.seenAt) * this.figures.perMs);
  }

  private tokens(now: number): number {
    return Math.min(this.figures.policy.burst, this.held + this.level(now));
  }

  private toFull(tokens: number): number {
    return this.seconds(this.figures.policy.burst - tokens);
  }

  private seconds(tokens: number): number {
    return Math.ceil(tokens / this.figures.perMs / 1_000);
  }
}
