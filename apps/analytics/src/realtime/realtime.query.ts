import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { IS_VISIT } from '../rollups/session.sql.ts';
import type { Realtime } from './realtime.dto.ts';

/** Read from the raw rows, which are there as soon as anything is: five minutes of one site are a few pages of an index. */
@Injectable()
export class RealtimeQuery {
  constructor(private readonly sql: Sql) {}

  async execute(siteId: string): Promise<Realtime> {
    const [row] = await this.sql.rows<Row>(LAST_FIVE_MINUTES, [siteId]);
    const { at, visitors, visits, byMinute, pages } = row!;
    const begins = [4, 3, 2, 1, 0].map((ago) => new Date(at.getTime() - (ago + 1) * 60_000).toISOString());
    return {
      at: at.toISOString(),
      visitors,
      visits,
      minutes: begins.map((from, place) => ({ from, visits: byMinute[String(4 - place)] ?? 0 })),
      pages,
    };
  }
}

interface Row {
  readonly at: Date;
  readonly visitors: number;
  readonly visits: number;
  /** By how many minutes ago. */
  readonly byMinute: Record<string, number>;
  readonly pages: Realtime['pages'];
}

/** Just after midnight a visitor has a new hash: who is known by that of the day before as well is counted by one of them. */
const LAST_FIVE_MINUTES = {
  name: 'last-five-minutes',
  text: `WITH recent AS MATERIALIZED (
      SELECT path, visitor, visitor_of_yesterday, floor(extract(epoch FROM now() - at) / 60)::integer AS minutes_ago,
        ${IS_VISIT} AS is_visit
      FROM hits WHERE site_id = $1 AND at > now() - interval '5 minutes' AND at <= now() AND kind = 'person'),
    people AS (SELECT DISTINCT visitor FROM recent WHERE visitor IS NOT NULL
      EXCEPT SELECT visitor_of_yesterday FROM recent),
    visited AS (SELECT * FROM recent WHERE is_visit),
    pages AS (SELECT path, count(*)::integer AS visits, count(DISTINCT visitor)::integer AS visitors FROM visited
      WHERE path IS NOT NULL GROUP BY path ORDER BY visits DESC, path LIMIT 10)
    SELECT now() AS at, (SELECT count(*)::integer FROM visited) AS visits, (SELECT count(*)::integer FROM people) AS visitors,
      (SELECT coalesce(json_object_agg(minutes_ago, visits), '{}') FROM
        (SELECT minutes_ago, count(*)::integer AS visits FROM visited GROUP BY minutes_ago) AS minutes) AS "byMinute",
      (SELECT coalesce(json_agg(pages ORDER BY visits DESC, path), '[]') FROM pages) AS pages`,
};
