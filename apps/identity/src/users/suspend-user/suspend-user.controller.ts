import { Roles } from '@cairn/auth';
import { UserIdSchema } from '@cairn/contracts';
import { Answers } from '@cairn/http';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { ManagedUserSchema, toManagedUserView, type ManagedUserView } from '../user.dto.ts';
import { LastAdmin, UserDeleted, UserNotFound } from '../user.errors.ts';
import { SuspendUserSchema, type SuspendUser } from './suspend-user.dto.ts';
import { SuspendUserHandler } from './suspend-user.handler.ts';

@Controller('users')
export class SuspendUserController {
  constructor(private readonly suspendUser: SuspendUserHandler) {}

  @Post(':id/suspend')
  @Roles('admin')
  @Answers({ ok: ManagedUserSchema, etag: true, errors: [UserNotFound, UserDeleted, LastAdmin] })
  suspend(
    @Param('id', { schema: UserIdSchema }) id: string,
    @Body({ schema: SuspendUserSchema }) { reason }: SuspendUser,
  ): Promise<ManagedUserView> {
    return this.suspendUser.execute(id, reason).then(toManagedUserView);
  }
}
