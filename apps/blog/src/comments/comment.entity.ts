import { EntitySchema } from 'typeorm';
import { Comment } from './comment.ts';

/** How a Comment is stored. */
export const CommentEntity = new EntitySchema<Comment>({
  name: 'Comment',
  target: Comment,
  tableName: 'comments',
  columns: {
    id: { type: 'uuid', primary: true, primaryKeyConstraintName: 'comments_pkey' },
    postId: { type: 'uuid', name: 'post_id' },
    parentId: { type: 'uuid', name: 'parent_id', nullable: true },
    authorId: { type: 'uuid', name: 'author_id' },
    path: { type: 'text', collation: 'C' },
    depth: { type: 'int' },
    body: { type: 'text', nullable: true },
    bodyHtml: { type: 'text', name: 'body_html', nullable: true },
    state: { type: 'text' },
    hiddenReason: { type: 'text', name: 'hidden_reason', nullable: true },
    version: { type: 'int' },
    createdAt: { type: 'timestamptz', precision: 3, name: 'created_at' },
    updatedAt: { type: 'timestamptz', precision: 3, name: 'updated_at' },
  },
  foreignKeys: [
    {
      name: 'comments_post',
      target: 'Post',
      columnNames: ['postId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
    { name: 'comments_parent', target: 'Comment', columnNames: ['parentId'], referencedColumnNames: ['id'] },
  ],
  // The drift check compares names: what the migration says stands.
  checks: ['comments_state', 'comments_body', 'comments_hiding'].map((name) => ({ name, expression: '' })),
  indices: ['comments_in_thread', 'comments_replies', 'comments_by_author'].map((name) => ({
    name,
    synchronize: false,
  })),
});
