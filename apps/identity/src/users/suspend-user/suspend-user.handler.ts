import { Injectable } from '@nestjs/common';
import { UserStanding } from '../user-standing.service.ts';
import type { User } from '../user.ts';

@Injectable()
export class SuspendUserHandler {
  constructor(private readonly standing: UserStanding) {}

  /** @throws UserNotFound, UserDeleted, LastAdmin */
  execute(id: string, reason: string): Promise<User> {
    return this.standing.change(id, (user) => user.suspend(reason, new Date()));
  }
}
