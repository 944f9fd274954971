import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get } from '@nestjs/common';
import { FindUserQuery } from '../find-user.query.ts';
import { toUserView, UserSchema, type UserView } from '../user.dto.ts';
import { UserNotFound } from '../user.errors.ts';

@Controller('users/me')
export class GetMeController {
  constructor(private readonly findUser: FindUserQuery) {}

  @Get()
  @SignedIn()
  @Answers({ ok: UserSchema, etag: true, errors: [UserNotFound] })
  async get(@Caller() caller: Principal): Promise<UserView> {
    const user = await this.findUser.execute(caller.id);
    if (user.state === 'deleted') throw new UserNotFound(); // the second before the token ends
    return toUserView(user);
  }
}
