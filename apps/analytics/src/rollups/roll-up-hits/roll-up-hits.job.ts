import { Sql, Transactions, type Transaction } from '@cairn/database';
import { gauge } from '@cairn/observability';
import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable, Logger } from '@nestjs/common';
import { RollupRepository } from '../rollup.repository.ts';

/** After so many milliseconds it looks again what there is: a year that is made anew does not hold up what has just come. */
const TURN_MS = 2_000;
/** For so long a mark is left alone whose work failed, and twice as long each time after that: an attempt may cost all of a statement's time. */
const PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** An hour of a busy site is made anew as a whole: that takes longer than a request may. */
const STATEMENT_MS = 60_000;

/**
 * Brings what reports are read from up to date: of the sites in turn the hours to which hits were added and days that are stale, by turns
 * the youngest, which people look at, and the oldest, so that none waits for ever. Each in a transaction of its own with the marks that ask
 * for it: a crash leaves them, and a mark that comes meanwhile stays for the next run. Several instances share the sites: each is in one's
 * hands at a time.
 */
@Job({ name: 'roll-up-hits', everyMs: 500 })
@Injectable()
export class RollUpHitsJob implements JobProvider {
  private readonly logger = new Logger(RollUpHitsJob.name);
  /** By mark. What fails for ever is told of once, and holds up no other. */
  private readonly failing = new Map<string, Failing>();
  private waitsSince: number | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly transactions: Transactions,
    private readonly rollups: RollupRepository,
  ) {
    gauge('rollup_oldest_mark_age_seconds', {
      help: 'For how long the hour that has waited longest waits to be rolled up',
      read: () => (this.waitsSince === undefined ? 0 : (performance.now() - this.waitsSince) / 1_000),
    });
  }

  async run(stopping?: AbortSignal): Promise<void> {
    const [oldest] = await this.sql.rows<{ ageMs: number }>(OLDEST, []);
    this.waitsSince = oldest && performance.now() - oldest.ageMs;
    const marks = (await this.sql.rows<Mark>(MARKS, [])).filter((mark) => !this.rests(mark));
    const sites = shuffled([...Map.groupBy(marks, ({ siteId }) => siteId).values()]);
    const until = performance.now() + TURN_MS;
    for (let ofSite; (ofSite = sites.shift()) && !stopping?.aborted && performance.now() < until;) {
      const mark = (ofSite.length % 2 ? ofSite.pop() : ofSite.shift())!;
      try {
        if ((await this.rollUp(mark)) && ofSite.length) sites.push(ofSite);
        this.failing.delete(keyOf(mark));
      } catch (error) {
        this.failed(mark, error);
      }
    }
  }

  private rests(mark: Mark): boolean {
    return (this.failing.get(keyOf(mark))?.until ?? 0) > performance.now();
  }

  private failed(mark: Mark, error: unknown): void {
    const before = this.failing.get(keyOf(mark));
    if (!before) this.logger.error(error, `The hits of ${keyOf(mark)} could not be rolled up; it is tried again`);
    const pauseMs = before ? Math.min(2 * before.pauseMs, LONGEST_PAUSE_MS) : PAUSE_MS;
    this.failing.set(keyOf(mark), { until: performance.now() + pauseMs, pauseMs });
  }

  /** False when somebody else has the site in hand. The marks go first: hits that are committed after that come with new ones. */
  private rollUp({ siteId, hour, day }: Mark): Promise<boolean> {
    const work = async (tx: Transaction) => {
      const site = await this.rollups.hold(tx, siteId);
      if (!site) {
        await tx.query(FORGET, [siteId]);
        return false;
      }
      if (hour) {
        const [, removed] = await tx.query(TAKE_HOUR, [siteId, hour]);
        if (removed) await this.rollups.rollUpHour(tx, site, hour);
      } else {
        const [, removed] = await tx.query(TAKE_DAY, [siteId, day]);
        if (removed) await this.rollups.rollUpDay(tx, site, day!);
      }
      return true;
    };
    return this.transactions.run(work, { statementMs: STATEMENT_MS });
  }
}

interface Failing {
  /** By the monotonic clock. */
  readonly until: number;
  readonly pauseMs: number;
}

interface Mark {
  readonly siteId: string;
  readonly hour: Date | null;
  readonly day: string | null;
}

const keyOf = ({ siteId, hour, day }: Mark) => `${hour?.toISOString() ?? day} of the site ${siteId}`;

const FORGET = 'DELETE FROM changed_hours WHERE site_id = $1 AND NOT EXISTS (SELECT FROM sites WHERE id = $1)';
const TAKE_HOUR = 'DELETE FROM changed_hours WHERE site_id = $1 AND hour = $2';
const TAKE_DAY = 'DELETE FROM stale_days WHERE site_id = $1 AND day = $2';

const OLDEST = {
  name: 'oldest-changed-hour',
  text: `SELECT extract(epoch FROM clock_timestamp() - changed_at)::float8 * 1000 AS "ageMs" FROM changed_hours ORDER BY id LIMIT 1`,
};

/** The youngest hours, the oldest, and the oldest stale days: each kind has its share, so that none crowds out another. */
const MARKS = {
  name: 'changed-hours',
  text: `
    (SELECT DISTINCT site_id AS "siteId", hour, NULL AS day FROM changed_hours ORDER BY hour DESC LIMIT 600)
    UNION (SELECT DISTINCT site_id, hour, NULL FROM changed_hours ORDER BY hour LIMIT 200)
    UNION (SELECT site_id, NULL, day::text FROM stale_days ORDER BY day LIMIT 200)
    ORDER BY hour DESC NULLS LAST, day DESC`,
};

/** So that several instances that begin at once do not meet at the same site. */
function shuffled<T>(list: T[]): T[] {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other]!, list[last]!];
  }
  return list;
}
