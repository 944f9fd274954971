import { checkVersion, type SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { UserStanding } from '../user-standing.service.ts';
import type { User } from '../user.ts';

@Injectable()
export class DeleteUserHandler {
  constructor(private readonly standing: UserStanding) {}

  /** Erases the account; one that is deleted already stays so. @throws UserNotFound, LastAdmin, Stale */
  execute(id: string, seen: SeenVersion): Promise<User> {
    return this.standing.change(id, (user) => {
      checkVersion(seen, user.version);
      user.erase(new Date());
    });
  }
}
