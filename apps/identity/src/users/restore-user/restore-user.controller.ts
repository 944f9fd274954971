import { Roles } from '@cairn/auth';
import { UserIdSchema } from '@cairn/contracts';
import { Answers } from '@cairn/http';
import { Controller, Param, Post } from '@nestjs/common';
import { ManagedUserSchema, toManagedUserView, type ManagedUserView } from '../user.dto.ts';
import { UserDeleted, UserNotFound } from '../user.errors.ts';
import { RestoreUserHandler } from './restore-user.handler.ts';

@Controller('users')
export class RestoreUserController {
  constructor(private readonly restoreUser: RestoreUserHandler) {}

  @Post(':id/restore')
  @Roles('admin')
  @Answers({ ok: ManagedUserSchema, etag: true, errors: [UserNotFound, UserDeleted] })
  restore(@Param('id', { schema: UserIdSchema }) id: string): Promise<ManagedUserView> {
    return this.restoreUser.execute(id).then(toManagedUserView);
  }
}
