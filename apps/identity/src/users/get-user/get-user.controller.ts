import { Roles } from '@cairn/auth';
import { UserIdSchema } from '@cairn/contracts';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { FindUserQuery } from '../find-user.query.ts';
import { ManagedUserSchema, toManagedUserView, type ManagedUserView } from '../user.dto.ts';
import { UserNotFound } from '../user.errors.ts';

@Controller('users')
export class GetUserController {
  constructor(private readonly findUser: FindUserQuery) {}

  @Get(':id')
  @Roles('admin')
  @Answers({ ok: ManagedUserSchema, etag: true, errors: [UserNotFound] })
  get(@Param('id', { schema: UserIdSchema }) id: string): Promise<ManagedUserView> {
    return this.findUser.execute(id).then(toManagedUserView);
  }
}
