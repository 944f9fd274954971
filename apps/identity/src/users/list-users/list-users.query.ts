import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import type { UserRow } from '../find-user.query.ts';
import { toManagedUserView, type ManagedUserView } from '../user.dto.ts';
import { USER_COLUMNS, USER_SEARCH } from '../user.sql.ts';
import type { ListUsers } from './list-users.dto.ts';

/** Newest first, by id alone: a UUIDv7 begins with its time. */
const CursorSchema = z.tuple([z.uuid()]);

/** One condition per filter that is given: a term that always holds would keep PostgreSQL from the index that fits. */
const CONDITIONS = {
  q: (value: string) => `${USER_SEARCH} LIKE ${value} AND state <> 'deleted'`,
  role: (value: string) => `roles @> ARRAY[${value}]`,
  state: (value: string) => `state = ${value}`,
  before: (value: string) => `id < ${value}::uuid`,
};

/** Exported for the test of its plans. */
export function listUsers({ q, role, state, cursor, limit }: ListUsers): { text: string; values: unknown[] } {
  const [before] = decodeCursor(cursor, CursorSchema) ?? [];
  const pattern = q && `%${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const given = Object.entries({ q: pattern, role, state, before }).filter(([, value]) => value !== undefined);
  const conditions = given.map(([name], n) => CONDITIONS[name as keyof typeof CONDITIONS](`$${n + 1}`));
  return {
    text: `SELECT ${USER_COLUMNS} FROM users
           ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
           ORDER BY id DESC LIMIT $${given.length + 1}`,
    values: [...given.map(([, value]) => value), limit + 1],
  };
}

/** Not a prepared statement: the plan for a rare word and that for a common one differ, so each search is planned by its own values. */
@Injectable()
export class ListUsersQuery {
  constructor(private readonly dataSource: DataSource) {}

  async execute(query: ListUsers): Promise<Page<ManagedUserView>> {
    const { text, values } = listUsers(query);
    const rows: UserRow[] = await this.dataSource.query(text, values);
    return toPage(rows.map(toManagedUserView), query.limit, ({ id }) => [id]);
  }
}
