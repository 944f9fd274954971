import { InvalidInput } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { ReportStore, type PeriodAsked, type ReportSite } from './report-store.ts';
import type { Interval, Period } from './report.ts';

const DAY_MS = 86_400_000;

/** In days of 24 hours. Two days more leave room for the hour that summer time takes and gives, and for a week or month that was begun. */
const LONGEST: Readonly<Record<Interval, number>> = { minute: 1, hour: 31, day: 366, week: 5 * 366, month: 10 * 366 };

/** What raw hits are counted for, and what they are put in order for, visitor by visitor. */
export const LONGEST_OF_HITS = 366;
export const LONGEST_OF_SEQUENCES = 93;

/** The period that a report is asked for, within what can be answered. */
@Injectable()
export class ReportPeriods {
  constructor(private readonly store: ReportStore) {}

  /** By the interval of its buckets, or in days. @throws InvalidInput naming `from` or `to` */
  async of(site: ReportSite, asked: PeriodAsked, longest: Interval | number): Promise<Period> {
    const period = await this.store.period(site, asked);
    const days = typeof longest === 'number' ? longest : LONGEST[longest];
    const lasts = period.to.getTime() - period.from.getTime();
    if (lasts <= 0) throw new InvalidInput([{ path: 'to', message: 'Must be later than `from`' }]);
    // A local day may have 25 hours, which minutes are shown of too.
    if (lasts > (days + (days === 1 ? 1 / 24 : 2)) * DAY_MS)
      throw new InvalidInput([
        { path: 'from', message: `The period may be ${days === 1 ? '24 hours' : `${days} days`} long` },
      ]);
    return period;
  }
}
