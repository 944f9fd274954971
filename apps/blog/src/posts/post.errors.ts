import { problem } from '@cairn/http/errors';

/** Also what a stranger is told about somebody else's draft. */
export class PostNotFound extends problem({
  code: 'blog.post-not-found',
  kind: 'not-found',
  title: 'There is no such post',
}) {}
export class NotYourPost extends problem({
  code: 'blog.not-your-post',
  kind: 'forbidden',
  title: 'Only its author or an admin may change a post',
}) {}
export class RevisionNotFound extends problem({
  code: 'blog.revision-not-found',
  kind: 'not-found',
  title: 'The post has no such revision',
}) {}
export class PostStateConflict extends problem({
  code: 'blog.post-state-conflict',
  kind: 'conflict',
  title: 'The state of the post does not allow this',
}) {}
export class PostNotPublished extends problem({
  code: 'blog.post-not-published',
  kind: 'conflict',
  title: 'Only a published post takes comments and likes',
}) {}
