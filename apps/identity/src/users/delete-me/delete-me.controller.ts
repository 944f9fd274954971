import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion, Stale } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Body, Controller, Delete, Ip } from '@nestjs/common';
import { TooManyLogins } from '../../sessions/login-attempts.errors.ts';
import { LastAdmin, UserNotFound, WrongPassword } from '../user.errors.ts';
import { DeleteMeSchema, type DeleteMe } from './delete-me.dto.ts';
import { DeleteMeHandler } from './delete-me.handler.ts';

/** The password comes in the body: a header or the URL would leave it in logs. */
@Controller('users/me')
export class DeleteMeController {
  constructor(private readonly deleteMe: DeleteMeHandler) {}

  @Delete()
  @SignedIn()
  @Answers({ errors: [WrongPassword, UserNotFound, LastAdmin, TooManyLogins, Overloaded, Stale] })
  delete(
    @Caller() caller: Principal,
    @Ip() address: string,
    @Body({ schema: DeleteMeSchema }) { password }: DeleteMe,
    @IfMatch() seen: SeenVersion,
  ): Promise<void> {
    return this.deleteMe.execute(caller, address, password, seen);
  }
}
