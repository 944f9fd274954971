import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { LinkNotFound } from '../link.errors.ts';
import { linkPolicy } from '../link.policy.ts';
import { LinkViews } from '../link-views.query.ts';

@Injectable()
export class GetQrCodeQuery {
  constructor(
    private readonly sql: Sql,
    private readonly views: LinkViews,
  ) {}

  /** What the image says: the short address of a link that is there; before it begins only for its owner. @throws LinkNotFound */
  async execute(caller: Principal | undefined, code: string): Promise<{ text: string; isPlanned: boolean }> {
    const [link] = await this.sql.rows<{ ownerId: string | null; isPlanned: boolean }>(THERE, [code]);
    if (!link || (link.isPlanned && !linkPolicy.allows(caller, 'read', link))) throw new LinkNotFound();
    return { text: this.views.shortUrl(code), isPlanned: link.isPlanned };
  }
}

const THERE = {
  name: 'link-is-there',
  text: `SELECT owner_id AS "ownerId", coalesce(starts_at > now(), false) AS "isPlanned"
    FROM links WHERE code = $1 AND deleted_at IS NULL`,
};
