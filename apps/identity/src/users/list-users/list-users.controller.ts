import { Roles } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import type { ManagedUserView } from '../user.dto.ts';
import { ListUsersSchema, ManagedUserPageSchema, type ListUsers } from './list-users.dto.ts';
import { ListUsersQuery } from './list-users.query.ts';

@Controller('users')
export class ListUsersController {
  constructor(private readonly listUsers: ListUsersQuery) {}

  @Get()
  @Roles('admin')
  @Answers({ ok: ManagedUserPageSchema })
  list(@Query({ schema: ListUsersSchema }) query: ListUsers): Promise<Page<ManagedUserView>> {
    return this.listUsers.execute(query);
  }
}
