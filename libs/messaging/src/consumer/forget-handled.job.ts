import { Transactions } from '@cairn/database';
import { Job } from '@cairn/service/job';
import { Inject, Injectable } from '@nestjs/common';
import { INBOX_DAYS } from '../messaging.options.ts';

const BATCH = 5_000;

/**
 * The inbox remembers for so many days, then it forgets; else it would grow for ever. A duplicate that comes later than that is handled as
 * if it were new, and its effect is there twice. What brokers re-deliver comes within seconds or minutes, so that only a person can bring
 * it about: by setting a group's offsets back by weeks, or by restoring a broker from an old backup.
 * What is parked is remembered for as long as it stands there, and from when it is done with.
 */
@Job({ name: 'forget-handled-events', everyMs: 600_000 })
@Injectable()
export class ForgetHandledJob {
  constructor(
    private readonly transactions: Transactions,
    @Inject(INBOX_DAYS) private readonly days: number,
  ) {}

  /** Several instances at once share the work. */
  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted && (await this.forgetBatch()) === BATCH);
  }

  private forgetBatch(): Promise<number> {
    return this.transactions.run(async (tx) => {
      const [, deleted] = (await tx.query(
        `DELETE FROM inbox WHERE (consumer_group, event_id) IN (
           SELECT consumer_group, event_id FROM inbox WHERE handled_at < now() - $1 * interval '1 day' AND NOT EXISTS (
             SELECT FROM parked_events AS parked
             WHERE (parked.consumer_group, parked.event_id) = (inbox.consumer_group, inbox.event_id))
           ORDER BY handled_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
        [this.days],
      )) as [unknown, number];
      return deleted;
    });
  }
}
