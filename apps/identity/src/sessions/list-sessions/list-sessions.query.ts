import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { SessionView } from './list-sessions.dto.ts';

export const LIST_SESSIONS = {
  name: 'sessions.list',
  text: `
    SELECT id, created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt", address, agent
    FROM sessions
    WHERE user_id = $1 AND ended_at IS NULL AND expires_at > now() AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC
    LIMIT $3`,
};

interface Row {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly address: string;
  readonly agent: string;
}

@Injectable()
export class ListSessionsQuery {
  constructor(private readonly sql: Sql) {}

  /** The caller's own, the youngest first (ids are UUIDv7). */
  async execute(caller: Principal, { limit, cursor }: { limit: number; cursor?: string }): Promise<Page<SessionView>> {
    const [after] = decodeCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await this.sql.rows<Row>(LIST_SESSIONS, [caller.id, after ?? null, limit + 1]);
    const { items, nextCursor } = toPage(rows, limit, ({ id }) => [id]);
    return { items: items.map((row) => toView(row, caller.sessionId)), nextCursor };
  }
}

const toView = ({ createdAt, lastUsedAt, expiresAt, ...row }: Row, current: string): SessionView => ({
  ...row,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  current: row.id === current,
});
