import type { Principal } from '@cairn/auth';
import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ListRejectedRows, RejectedRowView } from '../rejected-row.dto.ts';
import { RejectedRowRepository } from '../rejected-row.repository.ts';

@Injectable()
export class ListRejectedRowsQuery {
  constructor(private readonly rows: RejectedRowRepository) {}

  async execute(caller: Principal, { limit, cursor, siteId }: ListRejectedRows): Promise<Page<RejectedRowView>> {
    const begin = decodeCursor(cursor, z.tuple([z.uuid()]));
    return toPage(await this.rows.list(caller, siteId, begin?.[0], limit + 1), limit, ({ id }) => [id]);
  }
}
