import { Roles } from '@cairn/auth';
import { UserIdSchema } from '@cairn/contracts';
import { Answers, IfMatch, type SeenVersion, Stale } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { LastAdmin, UserNotFound } from '../user.errors.ts';
import { DeleteUserHandler } from './delete-user.handler.ts';

@Controller('users')
export class DeleteUserController {
  constructor(private readonly deleteUser: DeleteUserHandler) {}

  @Delete(':id')
  @Roles('admin')
  @Answers({ errors: [UserNotFound, LastAdmin, Stale] })
  async delete(@Param('id', { schema: UserIdSchema }) id: string, @IfMatch() seen: SeenVersion): Promise<void> {
    await this.deleteUser.execute(id, seen);
  }
}
