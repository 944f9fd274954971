import type { Principal } from '@cairn/auth';
import { commentPolicy } from './comment.policy.ts';

/**
 * A comment as both doors show it to this caller, under the names that the code gives its columns; FROM comments c.
 * What the policy asks for follows the `taken` values of the statement; `variant` tells the statements of different callers apart.
 */
export function commentColumns(caller: Principal | undefined, taken: readonly unknown[]) {
  const readable = commentPolicy.where(caller, 'read', { state: 'c.state', authorId: 'c.author_id' }, taken);
  const text = `c.id, c.post_id AS "postId", c.parent_id AS "parentId", c.depth, c.author_id AS "authorId", c.state,
    c.hidden_reason AS "hiddenReason", CASE WHEN ${readable.text} THEN c.body END AS body,
    CASE WHEN ${readable.text} THEN c.body_html END AS "bodyHtml",
    c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.version`;
  return { text, values: readable.values, variant: readable.text };
}
