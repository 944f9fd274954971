import { Transactions, type Transaction } from '@cairn/database';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { AccessRevocations } from '../sessions/access-revocations.service.ts';
import { SessionEnding } from '../sessions/session-ending.service.ts';
import { announceChange } from './user.events.ts';
import { LastAdmin } from './user.errors.ts';
import { UserRepository } from './user.repository.ts';
import type { User } from './user.ts';

/** Changes of what an account may do: its roles, suspension, deletion. There is always an active admin left. */
@Injectable()
export class UserStanding {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserRepository,
    private readonly revocations: AccessRevocations,
    private readonly sessions: SessionEnding,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Applies a change to the locked row, ends the access tokens that it outdates and, with the account, its sessions.
   * @throws LastAdmin, UserNotFound and what `apply` throws
   */
  change(id: string, apply: (user: User) => void): Promise<User> {
    return this.transactions.run(async (tx) => {
      await this.users.lockAdmins(tx); // before the row, or two admins who demote each other would wait for each other
      const user = await this.users.lock(tx, id);
      const { isActiveAdmin: wasAdmin, tokenVersion, state, version } = user;
      apply(user);
      if (wasAdmin && !user.isActiveAdmin && !(await this.users.hasAdmin(tx, id))) throw new LastAdmin();
      await this.users.save(tx, user);
      if (user.tokenVersion !== tokenVersion) await this.revocations.userChanged(tx, user);
      if (user.state !== state) await this.endSessions(tx, user);
      if (user.version !== version) await announceChange(this.outbox, tx, user);
      return user;
    });
  }

  private async endSessions(tx: Transaction, { id, state }: User): Promise<void> {
    if (state === 'suspended') await this.sessions.endAll(tx, id, { reason: 'suspension' });
    if (state === 'deleted') await this.sessions.endAll(tx, id, { reason: 'deletion' });
  }
}
