import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { UserNotFound } from './user.errors.ts';
import { USER_COLUMNS } from './user.sql.ts';
import type { User } from './user.ts';

export type UserRow = Omit<User, 'passwordHash' | 'tokenVersion'>;

const BY_ID = { name: 'find-user', text: `SELECT ${USER_COLUMNS} FROM users WHERE id = $1` };

@Injectable()
export class FindUserQuery {
  constructor(private readonly sql: Sql) {}

  /** A deleted one too. @throws UserNotFound */
  async execute(id: string): Promise<UserRow> {
    const [user] = await this.sql.rows<UserRow>(BY_ID, [id]);
    if (!user) throw new UserNotFound();
    return user;
  }
}
