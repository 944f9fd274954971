import { Roles } from '@cairn/auth';
import { UserIdSchema } from '@cairn/contracts';
import { Answers, IfMatch, type SeenVersion, Stale } from '@cairn/http';
import { Body, Controller, Param, Patch } from '@nestjs/common';
import { EditUser } from '../edit-user.service.ts';
import { ManagedUserSchema, toManagedUserView, type ManagedUserView } from '../user.dto.ts';
import { EmailTaken, UserDeleted, UsernameTaken, UserNotFound } from '../user.errors.ts';
import { UpdateUserSchema, type UpdateUser } from './update-user.dto.ts';

@Controller('users')
export class UpdateUserController {
  constructor(private readonly editUser: EditUser) {}

  @Patch(':id')
  @Roles('admin')
  @Answers({
    ok: ManagedUserSchema,
    etag: true,
    errors: [UserNotFound, UserDeleted, EmailTaken, UsernameTaken, Stale],
  })
  update(
    @Param('id', { schema: UserIdSchema }) id: string,
    @Body({ schema: UpdateUserSchema }) change: UpdateUser,
    @IfMatch() seen: SeenVersion,
  ): Promise<ManagedUserView> {
    return this.editUser.execute(id, change, seen).then(toManagedUserView);
  }
}
