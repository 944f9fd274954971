import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { InvalidInput } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { SessionEnding } from '../../sessions/session-ending.service.ts';
import { OwnerPassword } from '../owner-password.service.ts';
import { PasswordHasher } from '../password-hasher.service.ts';
import { resemblesAccount } from '../password-rules.ts';
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
   * @throws WrongPassword, UserNotFound, TooManyLogins, Overloaded
   */
  async execute(caller: Principal, address: string, { oldPassword, newPassword }: ChangePassword): Promise<void> {
    for (let newHash: string | undefined; ;) {
      const proven = await this.ownerPassword.prove(caller.id, address, oldPassword);
      if (resemblesAccount(newPassword, proven)) {
        throw new InvalidInput([{ path: 'newPassword', message: 'Must not be the email or the username' }]);
      }
      newHash ??= await this.hasher.hash(newPassword);
      if (await this.replace(caller, proven.passwordHash!, newHash)) return;
    }
  }

  /** False when the hash is no longer the proven one: another change came first, or a login has hashed the same password anew. */
  private replace(caller: Principal, provenHash: string, newHash: string): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const user = await this.users.lock(tx, caller.id);
      if (user.passwordHash !== provenHash) return false;
      user.changePassword(newHash, new Date());
      await this.users.save(tx, user);
      await this.sessions.endAll(tx, user.id, { except: caller.sessionId, reason: 'password-change' });
      return true;
    });
  }
}
