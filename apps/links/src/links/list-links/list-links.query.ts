import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { decodeCursor, toConnection, toPage, type Connection, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { LinkView } from '../link.dto.ts';
import { LinkViews, type LinkRow } from '../link-views.query.ts';
import type { ListLinks } from './list-links.dto.ts';
import { listLinks, listLinksOfOwners, type LinksOfOwner } from './list-links.sql.ts';

@Injectable()
export class ListLinksQuery {
  constructor(
    private readonly sql: Sql,
    private readonly views: LinkViews,
  ) {}

  /** @throws InvalidInput naming `cursor` when it is none */
  async execute(caller: Principal, query: ListLinks): Promise<Page<LinkView>> {
    const { statement, values } = listLinks(caller, query, pageBegin(query));
    const rows = await this.sql.rows<LinkRow>(statement, values);
    return toPage(rows.map((row) => this.views.shown(row)), query.limit, keyOf); // prettier-ignore
  }

  /** For each of these, in their order, a page of its owner's links, as far as the caller may see them: all of them in one statement. */
  async ofOwners(caller: Principal | undefined, asked: readonly LinksOfOwner[]): Promise<Connection<LinkView>[]> {
    const { statement, values } = listLinksOfOwners(caller, asked);
    const rows = await this.sql.rows<LinkRow & { place: number }>(statement, values);
    const pages = Map.groupBy(rows, ({ place }) => place);
    return asked.map(({ limit, cursor }, index) => {
      const links = (pages.get(index + 1) ?? []).map(({ place: _place, ...row }) => this.views.shown(row));
      return toConnection(links, limit, keyOf, cursor);
    });
  }
}

const keyOf = ({ id }: LinkView) => [id];

/** Links are in the order of their ids, whatever is asked for: a cursor of one list is a place in each. */
export const pageBegin = ({ cursor }: { cursor?: string | undefined }) =>
  decodeCursor(cursor, z.tuple([z.uuid()]))?.[0];
