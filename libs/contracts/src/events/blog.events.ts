import { z } from 'zod';
import { IdSchema, UserIdSchema } from '../ids.ts';
import { defineEvent } from './event-contract.ts';

const post = { postId: IdSchema, slug: z.string().meta({ examples: ['hello-world'] }), authorId: UserIdSchema };

export const postPublished = defineEvent('blog.post-published.v1', {
  description: 'A post can be read by everybody: published by its author, or because its time has come.',
  schema: z.object({ ...post, title: z.string().meta({ examples: ['Hello, world'] }), publishedAt: z.iso.datetime() }),
  subjectOf: ({ postId }) => postId,
});

export const postUnpublished = defineEvent('blog.post-unpublished.v1', {
  description: 'A post that could be read is a draft again.',
  schema: z.object(post),
  subjectOf: ({ postId }) => postId,
});

export const postDeleted = defineEvent('blog.post-deleted.v1', {
  description: 'A post is gone, with its comments and likes.',
  schema: z.object(post),
  subjectOf: ({ postId }) => postId,
});

export const commentAdded = defineEvent('blog.comment-added.v1', {
  description: 'Somebody has commented on a post, or answered a comment. It carries the ids of those whom it concerns.',
  schema: z.object({
    commentId: IdSchema,
    postId: IdSchema,
    postSlug: z.string().meta({ examples: ['hello-world'] }),
    authorId: UserIdSchema,
    postAuthorId: UserIdSchema,
    parentCommentId: IdSchema.nullable(),
    parentCommentAuthorId: UserIdSchema.nullable(),
  }),
  subjectOf: ({ postId }) => postId,
});
