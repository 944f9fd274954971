import type { Breakdown, Funnel, Goals, Metrics, Paths, Retention, Revenue } from './report.dto.ts';
import type { Condition, Interval, Period } from './report.ts';

/** Whose hits, and by whose days. */
export interface ReportSite {
  readonly id: string;
  readonly timeZone: string;
}

/** A date of the site or a time; a date as the end is all of that day. */
export interface PeriodAsked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface Series {
  readonly totals: Metrics;
  readonly buckets: readonly ({ readonly at: Date } & Metrics)[];
}

type Answer<T> = Omit<T, 'from' | 'to'>;

/**
 * What reports ask of where hits are stored, in the words of reports: whoever answers may keep them as it likes. Every answer is exact, and
 * holds every hit that was stored two seconds before. PostgreSQL answers here; what another engine would gain is in docs/adr/0060-rollups.md.
 */
export abstract class ReportStore {
  /** By the calendar of the site. The week before and today where nothing is asked. */
  abstract period(site: ReportSite, asked: PeriodAsked): Promise<Period>;
  /** The one of as many days before it, or of the same time where it is not of whole days. */
  abstract periodBefore(site: ReportSite, period: Period): Promise<Period>;
  /** From the begin of the first day or week to the end of the last. */
  abstract wholePeriod(site: ReportSite, period: Period, interval: Interval): Promise<Period>;

  /** A bucket for each interval that the period has a part in. */
  abstract timeseries(
    site: ReportSite,
    period: Period,
    asked: { interval: Interval; filter: readonly Condition[] },
  ): Promise<Series>;
  abstract breakdown(
    site: ReportSite,
    period: Period,
    asked: { by: string; limit: number; filter: readonly Condition[] },
  ): Promise<Answer<Breakdown>>;
  abstract funnel(
    site: ReportSite,
    period: Period,
    asked: { step: readonly Condition[]; windowMinutes: number; filter: readonly Condition[] },
  ): Promise<Answer<Funnel>>;
  abstract retention(site: ReportSite, period: Period, asked: { interval: 'day' | 'week' }): Promise<Answer<Retention>>;
  abstract paths(
    site: ReportSite,
    period: Period,
    asked: { length: number; limit: number; filter: readonly Condition[] },
  ): Promise<Answer<Paths>>;
  abstract goals(
    site: ReportSite,
    period: Period,
    asked: { goal: readonly Condition[]; filter: readonly Condition[] },
  ): Promise<Answer<Goals>>;
  abstract revenue(
    site: ReportSite,
    period: Period,
    asked: { interval: Interval; filter: readonly Condition[] },
  ): Promise<Answer<Revenue>>;
}
