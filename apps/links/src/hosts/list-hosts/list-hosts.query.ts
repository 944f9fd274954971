import { Sql } from '@cairn/database';
import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { DisabledHost, ListHosts } from '../host.dto.ts';

@Injectable()
export class ListHostsQuery {
  constructor(private readonly sql: Sql) {}

  /** By their names. @throws InvalidInput naming `cursor` when it is none */
  async execute({ limit, cursor }: ListHosts): Promise<Page<DisabledHost>> {
    const begin = decodeCursor(cursor, z.tuple([z.string().max(300)]))?.[0] ?? '';
    const rows = await this.sql.rows<DisabledHost>(DISABLED, [begin, limit + 1]);
    return toPage(rows, limit, ({ host }) => [host]);
  }
}

const DISABLED = {
  name: 'disabled-hosts',
  text: `SELECT host, reason, disabled_by AS "disabledBy", disabled_at AS "disabledAt" FROM disabled_hosts
    WHERE host > $1 ORDER BY host LIMIT $2`,
};
