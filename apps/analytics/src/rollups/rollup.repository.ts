import type { Transaction } from '@cairn/database';
import { Inject, Injectable } from '@nestjs/common';
import * as rollup from './rollup.sql.ts';
import { ROLLUPS_OPTIONS, type RollupsOptions } from './rollups.options.ts';
import { MAKE_SESSIONS, SESSION_REACH } from './session.sql.ts';
import { MARK_DAYS } from './stale-day.sql.ts';

export interface RolledSite {
  readonly id: string;
  readonly timeZone: string;
  /** No session of it has lasted longer: what bounds the search for those that a hit may touch. */
  longestSessionMs: number;
}

const HOUR_MS = 3_600_000;

/** What reports are read from, made anew from the raw hits an hour at a time. Only for who holds the site. */
@Injectable()
export class RollupRepository {
  constructor(@Inject(ROLLUPS_OPTIONS) private readonly options: RollupsOptions) {}

  /** Undefined while somebody else has it in hand, or when it is gone. Held until the transaction ends. */
  async hold(tx: Transaction, siteId: string): Promise<RolledSite | undefined> {
    const site = await holdIfThere(tx, siteId);
    if (site) return site;
    const made = `INSERT INTO rolled_sites (site_id, time_zone) SELECT id, time_zone FROM sites WHERE id = $1 ON CONFLICT DO NOTHING RETURNING 1`;
    return (await tx.query(made, [siteId])).length ? holdIfThere(tx, siteId) : undefined;
  }

  /** What hits of this hour (UTC) have a part in. Doing it again changes nothing. */
  async rollUpHour(tx: Transaction, site: RolledSite, hour: Date): Promise<void> {
    const began = await this.makeSessions(tx, site, hour);
    const [{ first, last }] = (await tx.query(rollup.HOURS_TOUCHED, [hour, site.timeZone])) as [
      { first: Date; last: Date },
    ];
    const hits = [site.id, first, last, site.timeZone];
    const counted = (await tx.query(rollup.COUNT_HITS, hits)) as { visitors: number; visitorDays: number }[];
    if (began.length) await tx.query(rollup.COUNT_SESSIONS, [site.id, began, site.timeZone]);
    if (counted.some(({ visitors }) => visitors)) {
      await tx.query(rollup.NUMBER_VISITORS, hits);
      await tx.query(rollup.ADD_VISITORS, hits);
    }
    if (counted.some(({ visitorDays }) => visitorDays)) await tx.query(rollup.ADD_COOKIELESS_VISITORS, hits);
  }

  /** The day as if nothing had been rolled up of it. */
  async rollUpDay(tx: Transaction, site: RolledSite, day: string): Promise<void> {
    const [{ first, after }] = (await tx.query(rollup.DAY_BOUNDS, [day, site.timeZone])) as [
      { first: Date; after: Date },
    ];
    await tx.query('DELETE FROM hour_rollups WHERE site_id = $1 AND hour >= $2 AND hour < $3', [site.id, first, after]);
    for (const table of ['day_visitors', 'cookieless_visitors', 'day_rollups'])
      await tx.query(`DELETE FROM ${table} WHERE site_id = $1 AND day = $2`, [site.id, day]);
    const begin = Math.floor(first.getTime() / HOUR_MS) * HOUR_MS;
    for (let hour = begin; hour < after.getTime(); hour += HOUR_MS) await this.rollUpHour(tx, site, new Date(hour));
  }

  /** Days that are to be made anew; all of which the hits are kept, unless it is said which. */
  async markDays(
    tx: Transaction,
    siteId: string,
    from?: string,
    to?: string,
  ): Promise<{ from: string | null; to: string | null }> {
    const values = [siteId, from ?? null, to ?? null, this.options.rawDays];
    const [marked] = (await tx.query(MARK_DAYS, values)) as { first: string; last: string }[];
    return { from: marked?.first ?? null, to: marked?.last ?? null };
  }

  /** Answers the hours of the site in which sessions began that are not as they were. */
  private async makeSessions(tx: Transaction, site: RolledSite, hour: Date): Promise<Date[]> {
    let [from, to] = [hour, new Date(hour.getTime() + HOUR_MS)];
    for (;;) {
      const [reach] = (await tx.query(SESSION_REACH, [site.id, from, to, site.longestSessionMs])) as [
        Record<string, Date | null>,
      ];
      const { first, last, firstShared, lastShared } = reach;
      const wider = { from: earlier(from, firstShared), to: later(to, lastShared && afterMs(lastShared)) };
      if (wider.from < from || wider.to > to) [from, to] = [wider.from, wider.to];
      else {
        const values = [site.id, from, to, earlier(from, first), later(to, last), site.timeZone, site.longestSessionMs];
        const [made] = (await tx.query(MAKE_SESSIONS, values)) as [{ hours: Date[] | null; longestMs: number | null }];
        if (made.longestMs! > site.longestSessionMs) {
          site.longestSessionMs = made.longestMs!;
          await tx.query('UPDATE rolled_sites SET longest_session_ms = $2 WHERE site_id = $1', [
            site.id,
            made.longestMs,
          ]);
        }
        return made.hours ?? [];
      }
    }
  }
}

async function holdIfThere(tx: Transaction, siteId: string): Promise<RolledSite | undefined> {
  const [site] = (await tx.query(
    `SELECT site_id AS id, time_zone AS "timeZone", longest_session_ms::float8 AS "longestSessionMs"
     FROM rolled_sites WHERE site_id = $1 FOR UPDATE SKIP LOCKED`,
    [siteId],
  )) as RolledSite[];
  return site;
}

const earlier = (one: Date, other: Date | null | undefined) => (other && other < one ? other : one);
const later = (one: Date, other: Date | null | undefined) => (other && other > one ? other : one);
/** Times of hits are whole milliseconds: the first moment after it. */
const afterMs = (time: Date) => new Date(time.getTime() + 1);
