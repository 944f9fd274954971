import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import {
  ListRejectedRowsSchema,
  RejectedRowPageSchema,
  type ListRejectedRows,
  type RejectedRowView,
} from '../rejected-row.dto.ts';
import { ListRejectedRowsQuery } from './list-rejected-rows.query.ts';

@Controller('operations/analytics/rejected-rows')
export class ListRejectedRowsController {
  constructor(private readonly listRows: ListRejectedRowsQuery) {}

  /** Of your own sites, for admins of all; the oldest first. */
  @Get()
  @SignedIn()
  @Answers({ ok: RejectedRowPageSchema })
  list(
    @Caller() caller: Principal,
    @Query({ schema: ListRejectedRowsSchema }) query: ListRejectedRows,
  ): Promise<Page<RejectedRowView>> {
    return this.listRows.execute(caller, query);
  }
}
