import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { normalizeEmail, User } from './user.ts';
import { EmailTaken, UserNotFound, UsernameTaken } from './user.errors.ts';

@Injectable()
export class UserRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The unique constraints decide, so that two sign-ups at once cannot both pass. @throws EmailTaken, UsernameTaken */
  async insert(tx: Transaction, user: User): Promise<void> {
    await tx.insert(User, user).catch((error: unknown) => {
      const constraint =
        error instanceof QueryFailedError ? (error.driverError as { constraint?: string }).constraint : undefined;
      if (constraint === 'users_email') throw new EmailTaken();
      if (constraint === 'users_username') throw new UsernameTaken();
      throw error;
    });
  }

  /** By email or username. */
  findByLogin(login: string): Promise<User | null> {
    return this.dataSource
      .getRepository(User)
      .findOneBy(login.includes('@') ? { email: normalizeEmail(login) } : { username: login.toLowerCase() });
  }

  /** Locks the row until the transaction ends. @throws UserNotFound */
  async lock(tx: Transaction, id: string): Promise<User> {
    const user = await tx.findOne(User, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!user) throw new UserNotFound();
    return user;
  }

  /** After a change of hasher or cost; does nothing when the password was changed meanwhile. The version stays: nothing visible changes. */
  async replacePasswordHash(tx: Transaction, id: string, oldHash: string, newHash: string): Promise<void> {
    await tx.update(User, { id, passwordHash: oldHash }, { passwordHash: newHash });
  }

  findById(id: string): Promise<User | null> {
    return this.dataSource.getRepository(User).findOneBy({ id });
  }
}
