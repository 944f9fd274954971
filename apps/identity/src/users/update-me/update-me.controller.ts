import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion, Stale } from '@cairn/http';
import { Body, Controller, Patch } from '@nestjs/common';
import { EditUser } from '../edit-user.service.ts';
import { toUserView, UserSchema, type UserView } from '../user.dto.ts';
import { UserDeleted, UsernameTaken, UserNotFound } from '../user.errors.ts';
import { UpdateMeSchema, type UpdateMe } from './update-me.dto.ts';

@Controller('users/me')
export class UpdateMeController {
  constructor(private readonly editUser: EditUser) {}

  @Patch()
  @SignedIn()
  @Answers({ ok: UserSchema, etag: true, errors: [UserNotFound, UserDeleted, UsernameTaken, Stale] })
  update(
    @Caller() caller: Principal,
    @Body({ schema: UpdateMeSchema }) change: UpdateMe,
    @IfMatch() seen: SeenVersion,
  ): Promise<UserView> {
    return this.editUser.execute(caller.id, change, seen).then(toUserView);
  }
}
