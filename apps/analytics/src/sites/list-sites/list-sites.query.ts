import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { decodeCursor, toConnection, toPage, type Connection, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { SiteView } from '../site.dto.ts';
import { SITE_COLUMNS } from '../site.sql.ts';
import type { ListSites } from './list-sites.dto.ts';

/** Those of sitePolicy: one's own, those that one may read, and for admins those that are nobody's. */
export const LIST_SITES = {
  name: 'list-sites',
  text: `SELECT ${SITE_COLUMNS} FROM sites s WHERE s.id IN (
      SELECT id FROM sites WHERE owner_id = $1 UNION SELECT site_id FROM site_readers WHERE user_id = $1
      UNION SELECT id FROM sites WHERE $2 AND owner_id IS NULL)
    AND ($3::text IS NULL OR s.kind = $3) AND ($4::uuid IS NULL OR s.id < $4)
    ORDER BY s.id DESC LIMIT $5`,
};

@Injectable()
export class ListSitesQuery {
  constructor(private readonly sql: Sql) {}

  async execute(caller: Principal, query: ListSites): Promise<Page<SiteView>> {
    return toPage(await this.find(caller, query), query.limit, keyOf);
  }

  /** The same as a connection of the graph. */
  async connection(caller: Principal, query: ListSites): Promise<Connection<SiteView>> {
    return toConnection(await this.find(caller, query), query.limit, keyOf, query.cursor);
  }

  /** One more than were asked for, where there are more. */
  private find(caller: Principal, { limit, cursor, kind }: ListSites): Promise<SiteView[]> {
    const begin = decodeCursor(cursor, z.tuple([z.uuid()]));
    const values = [caller.id, caller.roles.includes('admin'), kind ?? null, begin?.[0] ?? null, limit + 1];
    return this.sql.rows<SiteView>(LIST_SITES, values);
  }
}

const keyOf = ({ id }: SiteView) => [id];
