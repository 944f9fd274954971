import { checkVersion, type SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { UserStanding } from '../user-standing.service.ts';
import type { Role } from '@cairn/contracts';
import type { User } from '../user.ts';

@Injectable()
export class AssignRolesHandler {
  constructor(private readonly standing: UserStanding) {}

  /** These roles and no others. @throws UserNotFound, UserDeleted, LastAdmin, Stale */
  execute(id: string, roles: readonly Role[], seen: SeenVersion): Promise<User> {
    return this.standing.change(id, (user) => {
      checkVersion(seen, user.version);
      user.assignRoles(roles, new Date());
    });
  }
}
