import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { PeriodQuery } from '../reports/report.dto.ts';
import { LONGEST_OF_HITS, ReportPeriods } from '../reports/report-periods.service.ts';
import { ReportTurns } from '../reports/report-turns.service.ts';

/** Which link's, and when. */
export type ClicksAsked = PeriodQuery & { readonly linkId: string };

export interface Clicks {
  readonly visits: number;
  readonly visitorDays: number;
}

const SITE_OF_LINKS = {
  name: 'site-of-links',
  text: `SELECT id, time_zone AS "timeZone" FROM sites WHERE kind = 'links' AND owner_id = $1`,
};

/** A visitor of a link is another one the next day, so that to count them is to count days of visitors. */
const CLICKS = {
  name: 'clicks-of-links',
  text: `SELECT props ->> 'linkId' AS "linkId", count(*)::integer AS visits, count(DISTINCT visitor)::integer AS "visitorDays"
    FROM hits WHERE site_id = $1 AND at >= $2 AND at < $3 AND kind = 'person' AND name = 'link-visit'
      AND props ->> 'linkId' = ANY($4::text[]) GROUP BY 1`,
};

/** Clicks on links of the caller's own: only what their site of links has counted is looked at, so that nobody learns of another's. */
@Injectable()
export class LinkClicks {
  constructor(
    private readonly sql: Sql,
    private readonly periods: ReportPeriods,
    private readonly turns: ReportTurns,
  ) {}

  /** Those of many links in as many statements as those of one, for each period that is asked for. InvalidInput is an answer: of its link alone. */
  async ofLinks(caller: Principal, asked: readonly ClicksAsked[]): Promise<(Clicks | Error)[]> {
    const [site] = await this.sql.rows<Site>(SITE_OF_LINKS, [caller.id]);
    if (!site) return asked.map(() => NONE);
    const periods = Map.groupBy(asked, periodOf);
    const found = await Promise.all(
      [...periods].map(
        async ([period, those]) => [period, await this.ofPeriod(site, those).catch((error: Error) => error)] as const,
      ),
    );
    const byPeriod = new Map(found);
    return asked.map((each) => {
      const clicks = byPeriod.get(periodOf(each))!;
      return clicks instanceof Error ? clicks : (clicks.get(each.linkId) ?? NONE);
    });
  }

  private async ofPeriod(site: Site, asked: readonly ClicksAsked[]): Promise<Map<string, Clicks>> {
    const { from, to } = await this.periods.of(site, asked[0]!, LONGEST_OF_HITS);
    const ids = asked.map(({ linkId }) => linkId);
    const values = [site.id, from, to, ids];
    const rows = await this.turns.take(() => this.sql.rows<Clicks & { linkId: string }>(CLICKS, values));
    return new Map(rows.map(({ linkId, ...clicks }) => [linkId, clicks]));
  }
}

interface Site {
  readonly id: string;
  readonly timeZone: string;
}

const NONE: Clicks = { visits: 0, visitorDays: 0 };
const periodOf = ({ from, to }: PeriodQuery) => JSON.stringify([from, to]);
