import { Sql } from '@cairn/database';
import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ListReports, Report } from '../report.dto.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class ListReportsQuery {
  constructor(private readonly sql: Sql) {}

  /** Those that wait longest first. @throws InvalidInput naming `cursor` when it is none */
  async execute({ limit, cursor }: ListReports): Promise<Page<Report>> {
    const begin = decodeCursor(cursor, z.tuple([z.uuid()]))?.[0] ?? FIRST;
    return toPage(await this.sql.rows<Report>(REPORTS, [begin, limit + 1]), limit, ({ id }) => [id]);
  }
}

const REPORTS = {
  name: 'link-reports',
  text: `SELECT r.id, l.code, r.urls, r.reason, r.reporter_id AS "reporterId", r.created_at AS "createdAt"
    FROM link_reports r JOIN links l ON l.id = r.link_id WHERE r.id > $1 ORDER BY r.id LIMIT $2`,
};
