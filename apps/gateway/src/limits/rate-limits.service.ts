import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { BucketStore } from './bucket-store.client.ts';
import { Figures, type LimitPolicy, type RateDecision } from './limit-policy.ts';
import { RecentMap } from '../recent-map.ts';
import { TokenBucket, type Answer, type Question } from './token-bucket.ts';

/** How often leases are looked through, in milliseconds: `TokenBucket.isStale` and this are less than a lease together. */
const SWEEP_MS = 250;

export interface RateLimitsOptions {
  /** Subjects of each policy that are remembered, some 500 bytes each. Of one that was forgotten Redis is asked again. */
  readonly maxSubjects?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

interface Limit {
  readonly figures: Figures;
  readonly subjects: RecentMap<string, Subject>;
}

interface Waiting {
  readonly cost: number;
  decide(decision: RateDecision): void;
}

interface Subject {
  readonly bucket: TokenBucket;
  readonly figures: Figures;
  readonly name: string;
  /** As Redis knows it. */
  key: string | undefined;
  /** Single flight: Redis is asked one question at a time for all who wait. */
  asking: boolean;
  waiting: Waiting[];
  /** Tokens that all those who wait need, also those of the question under way. */
  ahead: number;
}

/**
 * Who may send how much, the same for all gateways. Tokens are leased from Redis in small portions and spent without asking;
 * see docs/patterns/rate-limiting.md.
 */
@Dependency({ name: 'rate-limits', required: false })
@Injectable()
export class RateLimits implements DependencyProvider {
  private readonly limits = new Map<string, Limit>();
  private readonly leasing = new Set<Subject>();
  private readonly maxSubjects: number;
  private readonly now: () => number;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    @Inject(BucketStore) private readonly store: Pick<BucketStore, 'isUp' | 'ask' | 'open' | 'close'>,
    @Optional() @Inject('rate-limits-options') { maxSubjects = 20_000, now }: RateLimitsOptions = {},
  ) {
    this.maxSubjects = maxSubjects;
    this.now = now ?? (() => performance.now());
  }

  async open(): Promise<void> {
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
    await this.store.open();
  }

  /** What is leased is given back, if Redis takes it in time. */
  async close(): Promise<void> {
    clearInterval(this.sweeper);
    const now = this.now();
    await Promise.all([...this.leasing].map((subject) => this.giveBack(subject, now)));
    this.store.close();
  }

  /** @throws Error when each gateway counts for itself */
  async check(): Promise<void> {
    if (!this.store.isUp) throw new Error('Limits are counted by this process alone: Redis does not answer in time');
  }

  /**
   * Takes `cost` tokens, or none. Answers at once unless Redis has to be asked, and then after 50 ms at the latest.
   * What costs more than a full bucket takes all of it. Never rejects.
   * @throws RangeError when the policy makes no sense or its name has other figures already
   */
  take(policy: LimitPolicy, subjectName: string, cost = 1): RateDecision | Promise<RateDecision> {
    const subject = this.subject(policy, subjectName);
    const { bucket } = subject;
    const now = this.now();
    const price = cost > policy.burst ? policy.burst : cost;
    if (bucket.spend(price, now)) {
      if (!subject.asking && bucket.isLow(now) && this.store.isUp) this.ask(subject, now);
      return bucket.allowed(now);
    }
    if (!this.store.isUp) return this.decideAlone(bucket, price, now);
    if (!bucket.mayHave(price, subject.ahead, now)) return bucket.refused(price, now);
    return new Promise((decide) => {
      subject.waiting.push({ cost: price, decide });
      subject.ahead += price;
      if (!subject.asking) this.ask(subject, now);
    });
  }

  private decideAlone(bucket: TokenBucket, cost: number, now: number): RateDecision {
    return bucket.spendAlone(cost, now) ? bucket.allowed(now) : bucket.refused(cost, now);
  }

  /** Fetches what those who wait need, and a portion to have at hand. */
  private ask(subject: Subject, now: number): void {
    const { bucket, waiting, ahead } = subject;
    const question = bucket.question(ahead, now);
    subject.waiting = [];
    subject.asking = true;
    this.send(subject, question).then(
      (answer) => this.share(subject, waiting, question, answer, now),
      () => this.goAlone(subject, waiting),
    );
  }

  private share(subject: Subject, waiting: Waiting[], question: Question, answer: Answer, askedAt: number): void {
    const { bucket } = subject;
    const now = this.now();
    let spent = 0;
    const isServed = waiting.map(({ cost }) => {
      if (spent + cost > answer.given) return false;
      spent += cost;
      return true;
    });
    bucket.answered(question, answer, spent, askedAt);
    if (bucket.holds) this.leasing.add(subject);
    subject.asking = false;
    subject.ahead -= question.needed;
    waiting.forEach(({ cost, decide }, index) =>
      decide(isServed[index] || bucket.spend(cost, now) ? bucket.allowed(now) : bucket.refused(cost, now)),
    );
    this.askForTheRest(subject, now);
  }

  /** Those who came while the question was under way: what is at hand may do for them, or it is known that nothing is left. */
  private askForTheRest(subject: Subject, now: number): void {
    const { bucket, waiting } = subject;
    subject.waiting = [];
    subject.ahead = 0;
    for (const one of waiting) {
      if (bucket.spend(one.cost, now)) one.decide(bucket.allowed(now));
      else if (!this.store.isUp) one.decide(this.decideAlone(bucket, one.cost, now));
      else if (!bucket.mayHave(one.cost, subject.ahead, now)) one.decide(bucket.refused(one.cost, now));
      else {
        subject.waiting.push(one);
        subject.ahead += one.cost;
      }
    }
    if (subject.waiting.length > 0) this.ask(subject, now);
  }

  private goAlone(subject: Subject, waiting: Waiting[]): void {
    const now = this.now();
    const all = [...waiting, ...subject.waiting];
    Object.assign(subject, { asking: false, waiting: [], ahead: 0 });
    for (const { cost, decide } of all) decide(this.decideAlone(subject.bucket, cost, now));
  }

  private send(subject: Subject, question: Question): Promise<Answer> {
    const { figures, bucket, name } = subject;
    subject.key ??= keyOf(figures.policy, name);
    return this.store.ask(subject.key, figures.policy, question, (answer) => bucket.answeredLate(question, answer));
  }

  private sweep(): void {
    const now = this.now();
    for (const subject of this.leasing) {
      if (subject.bucket.holds && !subject.bucket.isStale(now)) continue;
      if (!subject.asking) void this.giveBack(subject, now);
    }
  }

  private async giveBack(subject: Subject, now: number): Promise<void> {
    this.leasing.delete(subject);
    const question = subject.bucket.giveBack(now);
    if (question === undefined || !this.store.isUp) return;
    subject.asking = true; // what is asked in the meantime would not know of it
    await this.send(subject, question).then(
      (answer) => this.share(subject, [], question, answer, now),
      () => this.goAlone(subject, []),
    );
  }

  private subject(policy: LimitPolicy, name: string): Subject {
    const { figures, subjects } = this.limit(policy);
    let subject = subjects.get(name);
    if (subject === undefined) {
      const bucket = new TokenBucket(figures, this.now());
      subject = { bucket, figures, name, key: undefined, asking: false, waiting: [], ahead: 0 };
      subjects.set(name, subject);
    }
    return subject;
  }

  private limit(policy: LimitPolicy): Limit {
    const known = this.limits.get(policy.name);
    if (known === undefined) {
      const limit: Limit = { figures: new Figures(policy), subjects: new RecentMap(this.maxSubjects) };
      this.limits.set(policy.name, limit);
      return limit;
    }
    const { policy: before } = known.figures;
    if (before !== policy && !isSame(before, policy))
      throw new RangeError(`The limit ${policy.name} has other figures elsewhere`);
    return known;
  }
}

const isSame = (a: LimitPolicy, b: LimitPolicy) =>
  a.burst === b.burst && a.perMinute === b.perMinute && a.exact === b.exact;

/** Hashed: Redis learns neither addresses nor accounts. */
const keyOf = (policy: LimitPolicy, subject: string) =>
  `limit:${policy.name}:${createHash('sha256').update(subject).digest('base64url')}`;
