import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { KnownUserView } from '../profile.dto.ts';
import { PROFILE_COLUMNS } from '../profile.sql.ts';

const BY_IDS = {
  name: 'list-profiles',
  text: `SELECT ${PROFILE_COLUMNS}, state = 'deleted' AS deleted FROM users WHERE id = ANY($1::uuid[])`,
};

@Injectable()
export class ListProfilesQuery {
  constructor(private readonly sql: Sql) {}

  /** In no order; an id that nobody has ever had is left out. */
  execute(ids: readonly string[]): Promise<KnownUserView[]> {
    return this.sql.rows<KnownUserView>(BY_IDS, [ids]);
  }
}
