import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { normalizeEmail, User } from './user.ts';
import { EmailTaken, UsernameTaken } from './user.errors.ts';

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

  findById(id: string): Promise<User | null> {
    return this.dataSource.getRepository(User).findOneBy({ id });
  }
}
