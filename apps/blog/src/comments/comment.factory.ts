import { v7 as uuidv7 } from 'uuid';
import { Comment, type NewComment } from './comment.ts';

/** A visible comment for tests: give only what the test is about. */
export function aComment(given: Partial<NewComment> = {}): Comment {
  const complete = { postId: uuidv7(), authorId: uuidv7(), body: 'Some *words*.', ...given };
  return Comment.write(uuidv7(), complete, new Date('2026-01-01T00:00:00Z'));
}
