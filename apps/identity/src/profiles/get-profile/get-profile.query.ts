import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { UserNotFound } from '../../users/user.errors.ts';
import type { ProfileView } from '../profile.dto.ts';
import { PROFILE_COLUMNS } from '../profile.sql.ts';

const BY_USERNAME = { name: 'get-profile', text: `SELECT ${PROFILE_COLUMNS} FROM users WHERE username = $1` };

@Injectable()
export class GetProfileQuery {
  constructor(private readonly sql: Sql) {}

  /** In whatever case. @throws UserNotFound, for a name that nobody can have, too */
  async execute(username: string): Promise<ProfileView> {
    if (!/^\w{3,32}$/.test(username)) throw new UserNotFound();
    const [profile] = await this.sql.rows<ProfileView>(BY_USERNAME, [username.toLowerCase()]);
    if (!profile) throw new UserNotFound();
    return profile;
  }
}
