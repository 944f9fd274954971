import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { assertMayChange } from '../post.policy.ts';
import { PostViews } from '../post-views.query.ts';
import type { RevisionSummary } from '../revision.dto.ts';
import { REVISION_COLUMNS } from '../revision.sql.ts';
import type { ListRevisions } from './list-revisions.dto.ts';

/** The sort key: the version. */
const CursorSchema = z.tuple([z.string().regex(/^\d{1,9}$/)]);

@Injectable()
export class ListRevisionsQuery {
  constructor(
    private readonly sql: Sql,
    private readonly views: PostViews,
  ) {}

  /** Newest first. @throws PostNotFound, NotYourPost */
  async execute(caller: Principal, slug: string, { cursor, limit }: ListRevisions): Promise<Page<RevisionSummary>> {
    const post = await this.views.bySlug(slug);
    assertMayChange(caller, post);
    const [before] = decodeCursor(cursor, CursorSchema) ?? ['2147483647'];
    const rows = await this.sql.rows<RevisionSummary>(LIST_REVISIONS, [post.id, before, limit + 1]);
    return toPage(rows, limit, ({ version }) => [String(version)]);
  }
}

export const LIST_REVISIONS = {
  name: 'list-revisions',
  text: `SELECT ${REVISION_COLUMNS} FROM post_revisions r WHERE r.post_id = $1 AND r.version < $2
         ORDER BY r.version DESC LIMIT $3`,
};
