import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { RevisionNotFound } from '../post.errors.ts';
import { assertMayChange } from '../post.policy.ts';
import { PostViews } from '../post-views.query.ts';
import type { RevisionView } from '../revision.dto.ts';
import { REVISION_COLUMNS } from '../revision.sql.ts';

const GET_REVISION = {
  name: 'get-revision',
  text: `SELECT ${REVISION_COLUMNS}, r.body, r.excerpt, r.cover_image_url AS "coverImageUrl" FROM post_revisions r
         WHERE r.post_id = $1 AND r.version = $2`,
};

@Injectable()
export class GetRevisionQuery {
  constructor(
    private readonly sql: Sql,
    private readonly views: PostViews,
  ) {}

  /** @throws PostNotFound, NotYourPost, RevisionNotFound */
  async execute(caller: Principal, slug: string, version: number): Promise<RevisionView> {
    const post = await this.views.bySlug(slug);
    assertMayChange(caller, post);
    const [revision] = await this.sql.rows<RevisionView>(GET_REVISION, [post.id, version]);
    if (!revision) throw new RevisionNotFound();
    return revision;
  }
}
