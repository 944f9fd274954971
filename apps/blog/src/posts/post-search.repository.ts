import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { plainText } from '../markdown.ts';
import type { Post } from './post.ts';
import { toSearchText } from './search-text.ts';

/** Keeps `post_search`, what full-text search reads, in step with the content of the posts. */
@Injectable()
export class PostSearchRepository {
  async index(tx: Transaction, { id, title, excerpt, tags, body }: Post): Promise<void> {
    const texts = [title, excerpt ?? '', tags.join(' '), plainText(body)];
    await tx.query(INDEX, [id, ...texts.map(toSearchText)]);
  }
}

const INDEX = `INSERT INTO post_search (post_id, title, excerpt, tags, body) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (post_id) DO UPDATE
  SET title = excluded.title, excerpt = excluded.excerpt, tags = excluded.tags, body = excluded.body`;
