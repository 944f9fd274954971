import { requestContext } from '@cairn/observability';
import { boundedQueue } from '@cairn/resilience';
import { Injectable } from '@nestjs/common';
import { TooManyReports } from './report.errors.ts';

/** Of the twenty connections of an instance (DATABASE_POOL_SIZE): the rest is for hits that come, and for lists. */
const AT_ONCE = 8;
const WAITING = 200;
/** Of one account. A report of twenty goals takes 21 turns. */
export const AT_ONCE_EACH = 3;
export const WAITING_EACH = 40;
/** Seconds: half of what a statement may take. */
const RETRY_AFTER = 2;

/**
 * A turn for each statement that reads as many hits as it must: it has a connection and a core for up to four seconds. Whoever asks for many, in
 * one request or in many, over REST or the graph, waits for their own; the others get theirs meanwhile.
 */
@Injectable()
export class ReportTurns {
  private readonly inTurn = boundedQueue({ concurrency: AT_ONCE, queue: WAITING, retryAfter: RETRY_AFTER });
  private readonly accounts = new Map<string, Account>();

  /**
   * By the caller of the request under way.
   * @throws TooManyReports, Overloaded when too many accounts wait, DeadlineExceeded when the turn comes too late
   */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const caller = requestContext.getStore()?.userId ?? 'nobody';
    const account = this.accounts.get(caller) ?? {
      asked: 0,
      inTurn: boundedQueue({ concurrency: AT_ONCE_EACH, queue: WAITING_EACH }),
    };
    if (account.asked >= AT_ONCE_EACH + WAITING_EACH) throw new TooManyReports(undefined, { retryAfter: RETRY_AFTER });
    account.asked++;
    this.accounts.set(caller, account);
    try {
      return await account.inTurn(() => this.inTurn(work));
    } finally {
      if (--account.asked === 0) this.accounts.delete(caller);
    }
  }
}

interface Account {
  /** Under way and waiting. */
  asked: number;
  readonly inTurn: ReturnType<typeof boundedQueue>;
}
