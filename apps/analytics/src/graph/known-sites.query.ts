import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Batches } from '@cairn/service/graphql';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { SiteView } from '../sites/site.dto.ts';
import { sitePolicy } from '../sites/site.policy.ts';
import { isReader, SITE_COLUMNS } from '../sites/site.sql.ts';

/** Sites by id for the graph: what a hundred references ask for is one statement. */
@Injectable()
export class KnownSites {
  private readonly batches = new Batches((ids: readonly string[], caller: Principal) => this.load(ids, caller));

  constructor(private readonly sql: Sql) {}

  /** Null also when the caller may not know of it. */
  async find(request: object, caller: Principal, id: string): Promise<SiteView | null> {
    if (!z.uuid().safeParse(id).success) return null;
    return this.batches.find(request, caller, id.toLowerCase());
  }

  private async load(ids: readonly string[], caller: Principal): Promise<(SiteView | null)[]> {
    const rows = await this.sql.rows<SiteView & { isReader: boolean }>(BY_IDS, [ids, caller.id]);
    const sites = new Map(rows.map((site) => [site.id, site]));
    return ids.map((id) => {
      const site = sites.get(id);
      return site && sitePolicy.allows(caller, 'read', site) ? site : null;
    });
  }
}

const BY_IDS = {
  name: 'sites-by-id',
  text: `SELECT ${SITE_COLUMNS}, ${isReader('$2')} AS "isReader" FROM sites s WHERE s.id = ANY($1::uuid[])`,
};
