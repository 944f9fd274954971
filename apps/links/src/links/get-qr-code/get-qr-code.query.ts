import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { LinkNotFound } from '../link.errors.ts';
import { LinkViews } from '../link-views.query.ts';

@Injectable()
export class GetQrCodeQuery {
  constructor(
    private readonly sql: Sql,
    private readonly views: LinkViews,
  ) {}

  /** What the image says: the short address of a link that is there. @throws LinkNotFound */
  async execute(code: string): Promise<string> {
    const [link] = await this.sql.rows<{ code: string }>(THERE, [code]);
    if (!link) throw new LinkNotFound();
    return this.views.shortUrl(code);
  }
}

const THERE = { name: 'link-is-there', text: 'SELECT code FROM links WHERE code = $1 AND deleted_at IS NULL' };
