import type { Principal } from '@cairn/auth';
import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { SiteView } from './site.dto.ts';
import { assertMayRead } from './site.policy.ts';
import { isReader, SITE_COLUMNS } from './site.sql.ts';
import type { SiteOfSomebody } from './site.ts';

type Row = SiteView & SiteOfSomebody;

const BY_ID = {
  name: 'site-by-id',
  text: `SELECT ${SITE_COLUMNS}, ${isReader('$2')} AS "isReader" FROM sites s WHERE s.id = $1`,
};

/** The site of a path, for whoever may read it: reports ask it first. */
@Injectable()
export class SiteAccess {
  constructor(private readonly sql: Sql) {}

  /** @throws SiteNotFound also when the caller may not know of it */
  async readable(caller: Principal | undefined, siteId: string): Promise<SiteView> {
    const [site] = await this.sql.rows<Row>(BY_ID, [siteId, caller?.id ?? null]);
    assertMayRead(caller, site);
    return toView(site);
  }

  /** As the transaction has left it, for the answer to a write. */
  async of(tx: Transaction, siteId: string): Promise<SiteView> {
    const [site] = (await tx.query(BY_ID.text, [siteId, null])) as [Row];
    return toView(site);
  }
}

const toView = ({ isReader: _isReader, ...site }: Row): SiteView => site;
