import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { TakenOver } from './imported-post.ts';

/** A file of an author. */
export interface FileKey {
  readonly authorId: string;
  readonly path: string;
}

/** Which post came of which file, and what was taken over from it. It changes only under the lock of that post. */
@Injectable()
export class PostImportRepository {
  async postOf(tx: Transaction, { authorId, path }: FileKey): Promise<string | undefined> {
    const [known] = await tx.query('SELECT post_id AS id FROM post_imports WHERE author_id = $1 AND path = $2', [
      authorId,
      path,
    ]);
    return known?.id;
  }

  /** Call it under the lock of the post. */
  async lastTakenOver(tx: Transaction, postId: string): Promise<TakenOver> {
    const [last] = await tx.query(
      'SELECT content_digest AS "contentDigest", publication FROM post_imports WHERE post_id = $1',
      [postId],
    );
    return last;
  }

  /** False when another has been faster: it waits for that one to commit. */
  async claim(tx: Transaction, { authorId, path }: FileKey, postId: string, taken: TakenOver): Promise<boolean> {
    const claimed = await tx.query(CLAIM, [authorId, path, postId, taken.contentDigest, taken.publication]);
    return claimed.length === 1;
  }

  async remember(tx: Transaction, postId: string, { contentDigest, publication }: TakenOver): Promise<void> {
    await tx.query('UPDATE post_imports SET content_digest = $2, publication = $3 WHERE post_id = $1', [
      postId,
      contentDigest,
      publication,
    ]);
  }
}

const CLAIM = `INSERT INTO post_imports (author_id, path, post_id, content_digest, publication) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (author_id, path) DO NOTHING RETURNING post_id`;
