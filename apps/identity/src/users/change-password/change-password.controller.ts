import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Body, Controller, Ip, Put } from '@nestjs/common';
import { TooManyLogins } from '../../sessions/login-attempts.errors.ts';
import { UserNotFound, WrongPassword } from '../user.errors.ts';
import { ChangePasswordSchema, type ChangePassword } from './change-password.dto.ts';
import { ChangePasswordHandler } from './change-password.handler.ts';

@Controller('users/me/password')
export class ChangePasswordController {
  constructor(private readonly changePassword: ChangePasswordHandler) {}

  @Put()
  @SignedIn()
  @Answers({ errors: [WrongPassword, UserNotFound, TooManyLogins, Overloaded] })
  change(
    @Caller() caller: Principal,
    @Ip() address: string,
    @Body({ schema: ChangePasswordSchema }) passwords: ChangePassword,
  ): Promise<void> {
    return this.changePassword.execute(caller, address, passwords);
  }
}
