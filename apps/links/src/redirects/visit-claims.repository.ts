import { linkLimitReached } from '@cairn/contracts/events';
import { Transactions } from '@cairn/database';
import { Outbox } from '@cairn/messaging';
import { withoutDeadline } from '@cairn/observability';
import { Injectable } from '@nestjs/common';
import { LinkCache } from '../links/link-cache.service.ts';

/**
 * Of links that may be visited so often and not once more. One statement of a process is under way for a link, and those who come
 * meanwhile share the next: a thousand at once are a few statements, and none waits for the row until its time is over.
 */
@Injectable()
export class VisitClaims {
  private readonly waiting = new Map<string, PromiseWithResolvers<boolean>[]>();

  constructor(
    private readonly transactions: Transactions,
    private readonly outbox: Outbox,
    private readonly links: LinkCache,
  ) {}

  /**
   * Takes one of the visits that are left, or answers false. The statement itself decides, so that of many at the same time no more are
   * let through than there are, whatever is cached. A limit that is set on a link later begins in an instance when that hears of it.
   */
  claim(linkId: string): Promise<boolean> {
    const claim = Promise.withResolvers<boolean>();
    const others = this.waiting.get(linkId);
    if (others) others.push(claim);
    else {
      this.waiting.set(linkId, [claim]);
      void withoutDeadline(() => this.takeAll(linkId));
    }
    return claim.promise;
  }

  private async takeAll(linkId: string): Promise<void> {
    for (let claims = this.waiting.get(linkId)!; claims.length; claims = this.waiting.get(linkId)!) {
      this.waiting.set(linkId, []);
      try {
        const taken = await this.take(linkId, claims.length);
        claims.forEach(({ resolve }, index) => resolve(index < taken));
      } catch (error) {
        claims.forEach(({ reject }) => reject(error));
      }
    }
    this.waiting.delete(linkId);
  }

  /** Answers how many there were. Whoever takes the last tells of it in the same transaction. */
  private take(linkId: string, wanted: number): Promise<number> {
    return this.transactions.run(async (tx) => {
      const [[row]] = (await tx.query(CLAIM, [linkId, wanted])) as [Claimed[], number];
      if (!row) return 0;
      const { code, ownerId, maxVisits, claimedVisits, taken } = row;
      if (claimedVisits === maxVisits) {
        await this.outbox.publish(tx, linkLimitReached, { linkId, code, ownerId, maxVisits });
        this.links.changed(tx, [code]);
      }
      return taken;
    });
  }
}

interface Claimed {
  readonly code: string;
  readonly ownerId: string | null;
  readonly maxVisits: number | null;
  readonly claimedVisits: number;
  readonly taken: number;
}

/** What was disabled, deleted or raised since it was read holds too; `least` leaves out what is null. */
const CLAIM = `UPDATE links SET claimed_visits = least(claimed_visits + $2::integer, max_visits)
  WHERE id = $1 AND (max_visits IS NULL OR claimed_visits < max_visits) AND disabled_at IS NULL AND deleted_at IS NULL
  RETURNING code, owner_id AS "ownerId", max_visits AS "maxVisits", new.claimed_visits AS "claimedVisits",
    new.claimed_visits - old.claimed_visits AS taken`;
