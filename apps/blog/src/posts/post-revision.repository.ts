import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { RevisionNotFound } from './post.errors.ts';
import type { Post, PostContent } from './post.ts';

/** What was written, change by change. A revision bears the version that the post had with it, and is never changed. */
@Injectable()
export class PostRevisionRepository {
  async keep(tx: Transaction, post: Post, editorId: string): Promise<void> {
    const { id, version, title, body, excerpt, coverImageUrl, tags, updatedAt } = post;
    await tx.query(KEEP, [id, version, title, body, excerpt, coverImageUrl, tags, editorId, updatedAt]);
  }

  /** @throws RevisionNotFound */
  async find(tx: Transaction, postId: string, version: number): Promise<PostContent> {
    const [content] = (await tx.query(FIND, [postId, version])) as PostContent[];
    if (!content) throw new RevisionNotFound();
    return content;
  }
}

const KEEP = `INSERT INTO post_revisions
  (post_id, version, title, body, excerpt, cover_image_url, tags, editor_id, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

const FIND = `SELECT title, body, excerpt, cover_image_url AS "coverImageUrl", tags FROM post_revisions
  WHERE post_id = $1 AND version = $2`;
