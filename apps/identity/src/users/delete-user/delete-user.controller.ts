import { Roles } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion, Stale } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { UserParamsSchema, type UserParams } from '../user.dto.ts';
import { LastAdmin, UserNotFound } from '../user.errors.ts';
import { DeleteUserHandler } from './delete-user.handler.ts';

@Controller('users')
export class DeleteUserController {
  constructor(private readonly deleteUser: DeleteUserHandler) {}

  @Delete(':id')
  @Roles('admin')
  @Answers({ errors: [UserNotFound, LastAdmin, Stale] })
  async delete(@Param({ schema: UserParamsSchema }) { id }: UserParams, @IfMatch() seen: SeenVersion): Promise<void> {
    await this.deleteUser.execute(id, seen);
  }
}
