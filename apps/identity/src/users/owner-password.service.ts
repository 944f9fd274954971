import { Injectable } from '@nestjs/common';
import { LoginAttempts } from '../sessions/login-attempts.service.ts';
import { PasswordHasher } from './password-hasher.service.ts';
import { UserNotFound, WrongPassword } from './user.errors.ts';
import { UserRepository } from './user.repository.ts';
import type { User } from './user.ts';

/** Asks somebody who is signed in for the password once more, before what a stolen access token must not do. */
@Injectable()
export class OwnerPassword {
  constructor(
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly attempts: LoginAttempts,
  ) {}

  /**
   * Wrong ones count as failed logins do.
   * @returns the account as it was verified: whoever changes it compares the hash under the lock
   * @throws WrongPassword, UserNotFound, TooManyLogins, Overloaded
   */
  async prove(userId: string, address: string, password: string): Promise<User> {
    const user = await this.users.findById(userId);
    if (!user?.passwordHash) throw new UserNotFound();
    const proven = await this.attempts.limit({ name: `user:${user.id}`, userId, address }, () =>
      this.hasher.verify(password, user.passwordHash),
    );
    if (!proven) throw new WrongPassword();
    return user;
  }
}
