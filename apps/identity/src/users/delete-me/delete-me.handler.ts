import type { Principal } from '@cairn/auth';
import { checkVersion, type SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { OwnerPassword } from '../owner-password.service.ts';
import { UserStanding } from '../user-standing.service.ts';

@Injectable()
export class DeleteMeHandler {
  constructor(
    private readonly ownerPassword: OwnerPassword,
    private readonly standing: UserStanding,
  ) {}

  /**
   * The hash is compared once more under the lock: who knew the password before its owner changed it must not delete the account.
   * @throws WrongPassword, UserNotFound, LastAdmin, Stale, TooManyLogins, Overloaded
   */
  async execute(caller: Principal, address: string, password: string, seen: SeenVersion): Promise<void> {
    for (let erased = false; !erased;) {
      const { passwordHash } = await this.ownerPassword.prove(caller.id, address, password);
      await this.standing.change(caller.id, (user) => {
        erased = user.passwordHash === passwordHash;
        if (!erased) return; // it was changed, or a login has hashed the same one anew: proven again
        checkVersion(seen, user.version);
        user.erase(new Date());
      });
    }
  }
}
