import { Sql, type Transaction } from '@cairn/database';
import { Inject, Injectable } from '@nestjs/common';
import type { LinkView } from './link.dto.ts';
import { LINK_COLUMNS } from './link.sql.ts';
import { LINKS_OPTIONS, type LinksOptions } from './links.options.ts';

const SELECT_LINK = `SELECT ${LINK_COLUMNS} FROM links l WHERE l.deleted_at IS NULL AND`;
const BY_CODE = { name: 'link-by-code', text: `${SELECT_LINK} l.code = $1` };
const BY_IDS = { name: 'links-by-id', text: `${SELECT_LINK} l.id = ANY($1::uuid[])` };

export type LinkRow = Omit<LinkView, 'shortUrl'>;

@Injectable()
export class LinkViews {
  constructor(
    private readonly sql: Sql,
    @Inject(LINKS_OPTIONS) private readonly options: LinksOptions,
  ) {}

  async byCode(code: string): Promise<LinkView | undefined> {
    const [link] = await this.sql.rows<LinkRow>(BY_CODE, [code]);
    return link && this.shown(link);
  }

  async byIds(ids: readonly string[]): Promise<LinkView[]> {
    return (await this.sql.rows<LinkRow>(BY_IDS, [ids])).map((link) => this.shown(link));
  }

  /** As the transaction has left them, for the answer to a write; in no order. */
  async of(tx: Transaction, ids: readonly string[]): Promise<LinkView[]> {
    return ((await tx.query(BY_IDS.text, [ids])) as LinkRow[]).map((link) => this.shown(link));
  }

  shown<Row extends { code: string }>(row: Row): Row & { shortUrl: string } {
    return { ...row, shortUrl: this.shortUrl(row.code) };
  }

  shortUrl(code: string): string {
    return `${this.options.publicUrl}/s/${code}`;
  }
}
