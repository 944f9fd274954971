import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { InvalidInput } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { SessionEnding } from '../../sessions/session-ending.service.ts';
import { OwnerPassword } from '../owner-password.service.ts';
import { PasswordHasher } from '../password-hasher.service.ts';
import { resemblesAccount } from '../password-rules.ts';
import { WrongPassword } from '../user.errors.ts';
import { UserRepository } from '../user.repository.ts';
import type { ChangePassword } from './change-password.dto.ts';

@Injectable()
export class ChangePasswordHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly ownerPassword: OwnerPassword,
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionEnding,
  ) {}

  /**
   * The session that asks stays, the others end.
   * @throws WrongPassword, UserNotFound, TooManyLogins, PasswordQueueFull
   */
  async execute(caller: Principal, address: string, { oldPassword, newPassword }: ChangePassword): Promise<void> {
    const proven = await this.ownerPassword.prove(caller.id, address, oldPassword);
    if (resemblesAccount(newPassword, proven)) {
      throw new InvalidInput([{ path: 'newPassword', message: 'Must not be the email or the username' }]);
    }
    const passwordHash = await this.hasher.hash(newPassword);
    await this.transactions.run(async (tx) => {
      const user = await this.users.lock(tx, caller.id);
      // Of two changes at once the second to get here has proven a password that is no longer the one.
      if (user.passwordHash !== proven.passwordHash) throw new WrongPassword();
      user.changePassword(passwordHash, new Date());
      await this.users.save(tx, user);
      await this.sessions.endAll(tx, user.id, { except: caller.sessionId, reason: 'password-change' });
    });
  }
}
