import { problem } from '@cairn/http/errors';

export class CommentNotFound extends problem({
  code: 'blog.comment-not-found',
  kind: 'not-found',
  title: 'There is no such comment',
}) {}
export class NotYourComment extends problem({
  code: 'blog.not-your-comment',
  kind: 'forbidden',
  title: 'Only its author may edit a comment; moderators may hide or delete it',
}) {}
export class CommentStateConflict extends problem({
  code: 'blog.comment-state-conflict',
  kind: 'conflict',
  title: 'The state of the comment does not allow this',
}) {}
export class ThreadTooDeep extends problem({
  code: 'blog.thread-too-deep',
  kind: 'conflict',
  title: 'The comment that parentId names takes no more replies: the thread is too deep',
}) {}
