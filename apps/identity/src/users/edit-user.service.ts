import { Transactions } from '@cairn/database';
import { checkVersion, type SeenVersion } from '@cairn/http';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { announceChange } from './user.events.ts';
import { UserRepository } from './user.repository.ts';
import type { User } from './user.ts';

/** The one way to change what an account says of its owner, whoever asks for it. */
@Injectable()
export class EditUser {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserRepository,
    private readonly outbox: Outbox,
  ) {}

  /** @throws UserNotFound, UserDeleted, Stale, EmailTaken, UsernameTaken */
  execute(id: string, change: Parameters<User['edit']>[0], seen: SeenVersion): Promise<User> {
    return this.transactions.run(async (tx) => {
      const user = await this.users.lock(tx, id);
      checkVersion(seen, user.version);
      const { version } = user;
      user.edit(change, new Date());
      if (user.version === version) return user;
      await this.users.save(tx, user);
      await announceChange(this.outbox, tx, user);
      return user;
    });
  }
}
