import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { assertMay } from '../link.policy.ts';
import type { LinkStats } from './get-stats.dto.ts';

@Injectable()
export class GetStatsQuery {
  constructor(private readonly sql: Sql) {}

  /** @throws LinkNotFound also when the caller may not see it */
  async execute(caller: Principal, code: string): Promise<LinkStats> {
    const [stats] = await this.sql.rows<LinkStats & { ownerId: string | null }>(STATS, [code]);
    assertMay(caller, 'read', stats);
    return stats;
  }
}

const STATS = {
  name: 'link-stats',
  text: `SELECT l.code, l.owner_id AS "ownerId", coalesce(c.visits, 0)::float8 AS visits, coalesce(c.previews, 0)::float8 AS previews,
      coalesce(c.bots, 0)::float8 AS bots, c.last_visit_at AS "lastVisitAt"
    FROM links l LEFT JOIN link_counters c ON c.link_id = l.id WHERE l.code = $1 AND l.deleted_at IS NULL`,
};
