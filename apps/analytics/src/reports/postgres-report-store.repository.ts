import { Sql, type Statement } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { breakdown, type BreakdownRow } from './breakdown.sql.ts';
import { funnel } from './funnel.sql.ts';
import { goal as goalOf, revenue, sessionCount } from './goals.sql.ts';
import { paths } from './paths.sql.ts';
import { toCohorts, type RetentionRow } from './cohorts.ts';
import { RETENTION } from './retention.sql.ts';
import type { Metrics } from './report.dto.ts';
import { PARTS, PERIOD, WHOLE_PERIOD, type Parts } from './period.sql.ts';
import { ReportTooLarge, RevenueTooLarge } from './report.errors.ts';
import { ReportTurns } from './report-turns.service.ts';
import { ReportStore, type PeriodAsked, type ReportSite, type Series } from './report-store.ts';
import type { Condition, Interval, Period } from './report.ts';
import { rawTimeseries, rolledUpTimeseries, type MetricsRow } from './timeseries.sql.ts';

@Injectable()
export class PostgresReportStore extends ReportStore {
  constructor(
    private readonly sql: Sql,
    private readonly turns: ReportTurns,
  ) {
    super();
  }

  async period({ timeZone }: ReportSite, { from, to }: PeriodAsked): Promise<Period> {
    const [period] = await this.sql.rows<Period>({ name: 'period', text: PERIOD }, [
      timeZone,
      ...[from, to].flatMap((moment) => (isDate(moment) ? [moment, null] : [null, moment ?? null])),
    ]);
    return period!;
  }

  async periodBefore(site: ReportSite, { from, to }: Period): Promise<Period> {
    const { daysBegin, daysEnd, sameDaysBefore } = await this.parts(site, { from, to });
    const isOfDays = +daysBegin === +from && +daysEnd === +to;
    return { from: isOfDays ? sameDaysBefore : new Date(2 * from.getTime() - to.getTime()), to: from };
  }

  async wholePeriod({ timeZone }: ReportSite, { from, to }: Period, interval: Interval): Promise<Period> {
    const [period] = await this.sql.rows<Period>({ name: 'whole-period', text: WHOLE_PERIOD }, [
      timeZone,
      from,
      to,
      interval,
    ]);
    return period!;
  }

  async timeseries(
    site: ReportSite,
    period: Period,
    { interval, filter }: { interval: Interval } & Filtered,
  ): Promise<Series> {
    const parts = await this.parts(site, period);
    const isRolledUp = parts.isWholeHours && interval !== 'minute' && filter.length === 0;
    const rows = await this.ask<MetricsRow>(
      isRolledUp ? rolledUpTimeseries(site, period, parts, interval) : rawTimeseries(site, period, interval, filter),
    );
    return {
      totals: toMetrics(rows.at(-1)!),
      buckets: rows.slice(0, -1).map((row) => ({ at: row.at!, ...toMetrics(row) })),
    };
  }

  async breakdown(site: ReportSite, period: Period, asked: { by: string; limit: number } & Filtered) {
    const rows = await this.ask<BreakdownRow>(breakdown(site, period, asked));
    return { by: asked.by, values: rows[0]?.values ?? 0, items: rows.map(({ values: _values, ...item }) => item) };
  }

  async funnel(
    site: ReportSite,
    period: Period,
    asked: { step: readonly Condition[]; windowMinutes: number } & Filtered,
  ) {
    const rows = await this.ask<Who & { step: number }>(funnel(site, period, asked));
    const first = rows[0]!.visitors + rows[0]!.visitorDays;
    const steps = rows.map(({ step, visitors, visitorDays }) => {
      return { step: asked.step[step]!, visitors, visitorDays, rate: first ? (visitors + visitorDays) / first : null };
    });
    return { windowMinutes: asked.windowMinutes, steps };
  }

  async retention(site: ReportSite, period: Period, { interval }: { interval: 'day' | 'week' }) {
    const { firstDay, afterDay } = await this.parts(site, period);
    const statement = { name: 'retention', text: RETENTION };
    const rows = await this.rows<RetentionRow>(statement, [site.id, interval, firstDay, afterDay]);
    return { interval, cohorts: toCohorts(rows, interval, firstDay, afterDay) };
  }

  async paths(site: ReportSite, period: Period, asked: { length: number; limit: number } & Filtered) {
    return { items: await this.ask<{ pages: string[]; sessions: number }>(paths(site, period, asked)) };
  }

  async goals(site: ReportSite, period: Period, { goal, filter }: { goal: readonly Condition[] } & Filtered) {
    const [[all], ...reached] = await Promise.all([
      this.ask<{ sessions: number }>(sessionCount(site, period, filter)),
      ...goal.map((condition) => this.ask<GoalRow>(goalOf(site, period, condition, filter))),
    ]);
    const goals = reached.map(([row], index) => {
      const { hits, visitors, visitorDays, sessions, revenue } = row!;
      const rate = all!.sessions ? sessions / all!.sessions : null;
      return { goal: goal[index]!, hits, visitors, visitorDays, sessions, rate, revenue: toMoney(revenue) };
    });
    return { sessions: all!.sessions, goals };
  }

  async revenue(site: ReportSite, period: Period, { interval, filter }: { interval: Interval } & Filtered) {
    const rows = await this.ask<{ at: Date | null; revenue: Sums }>(revenue(site, period, interval, filter));
    const total = rows.find(({ at }) => at === null);
    return {
      interval,
      totals: toMoney(total?.revenue ?? {}),
      buckets: rows.flatMap(({ at, revenue }) => (at ? [{ at, revenue: toMoney(revenue) }] : [])),
    };
  }

  private async parts({ timeZone }: ReportSite, { from, to }: Period): Promise<Parts> {
    const [parts] = await this.sql.rows<Parts>({ name: 'period-parts', text: PARTS }, [timeZone, from, to]);
    return parts!;
  }

  private ask<Row>({ statement, values }: { statement: Statement; values: readonly unknown[] }): Promise<Row[]> {
    return this.rows<Row>(statement, values);
  }

  /**
   * What reads hits or rollups, in its turn; what only reckons with the calendar has none to wait for.
   * @throws TooManyReports, ReportTooLarge when PostgreSQL gave it up: 57014 query_canceled, by statement_timeout
   */
  private async rows<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.turns.take(() => this.sql.rows<Row>(statement, values));
    } catch (error) {
      if ((error as { code?: string }).code === '57014') throw Object.assign(new ReportTooLarge(), { cause: error });
      throw error;
    }
  }
}

type Filtered = { readonly filter: readonly Condition[] };
type Who = { readonly visitors: number; readonly visitorDays: number };
/** By currency. */
type Sums = Readonly<Record<string, string>>;
type GoalRow = Who & { readonly hits: number; readonly sessions: number; readonly revenue: Sums };

const isDate = (moment: string | undefined) => moment !== undefined && !moment.includes('T');

function toMetrics(row: MetricsRow): Metrics {
  const { visits, events, visitors, visitorDays, sessions, bounces, sessionMs, bots, previews } = row;
  const bounceRate = sessions ? bounces / sessions : null;
  const averageSeconds = sessions ? sessionMs / 1000 / sessions : null;
  return { visits, events, visitors, visitorDays, sessions, bounces, bounceRate, averageSeconds, bots, previews };
}

/** @throws RevenueTooLarge beyond 2^53: no double, and so no JSON of most clients, tells that exactly */
function toMoney(sums: Sums) {
  const all = Object.entries(sums).map(([currency, amount]) => ({ amount: Number(amount), currency }));
  if (!all.every(({ amount }) => Number.isSafeInteger(amount))) throw new RevenueTooLarge();
  return all.sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
