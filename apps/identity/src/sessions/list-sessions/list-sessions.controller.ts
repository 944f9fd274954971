import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, PageQuerySchema, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import type { z } from 'zod';
import { SessionPageSchema, type SessionView } from './list-sessions.dto.ts';
import { ListSessionsQuery } from './list-sessions.query.ts';

@Controller('sessions')
export class ListSessionsController {
  constructor(private readonly sessions: ListSessionsQuery) {}

  @Get()
  @SignedIn()
  @Answers({ ok: SessionPageSchema })
  list(
    @Caller() caller: Principal,
    @Query({ schema: PageQuerySchema }) page: z.output<typeof PageQuerySchema>,
  ): Promise<Page<SessionView>> {
    return this.sessions.execute(caller, page);
  }
}
