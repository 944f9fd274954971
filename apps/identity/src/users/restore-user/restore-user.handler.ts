import { Injectable } from '@nestjs/common';
import { UserStanding } from '../user-standing.service.ts';
import type { User } from '../user.ts';

@Injectable()
export class RestoreUserHandler {
  constructor(private readonly standing: UserStanding) {}

  /** Ends a suspension; the sessions that it ended stay ended. @throws UserNotFound, UserDeleted */
  execute(id: string): Promise<User> {
    return this.standing.change(id, (user) => user.restore(new Date()));
  }
}
