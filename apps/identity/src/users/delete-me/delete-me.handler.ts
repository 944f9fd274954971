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

  /** @throws WrongPassword, UserNotFound, LastAdmin, Stale, TooManyLogins, Overloaded */
  async execute(caller: Principal, address: string, password: string, seen: SeenVersion): Promise<void> {
    await this.ownerPassword.prove(caller.id, address, password);
    await this.standing.change(caller.id, (user) => {
      checkVersion(seen, user.version);
      user.erase(new Date());
    });
  }
}
