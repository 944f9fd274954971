import { PostStateConflict } from './post.errors.ts';

export type PostState = 'draft' | 'scheduled' | 'published' | 'archived';
export type PostMove = 'schedule' | 'publish' | 'unpublish';

/** Every move that there is; whatever is not here is refused. */
const moves: Record<PostState, Partial<Record<PostMove, PostState>>> = {
  draft: { schedule: 'scheduled', publish: 'published' },
  scheduled: { schedule: 'scheduled', publish: 'published', unpublish: 'draft' },
  published: { unpublish: 'archived' },
  archived: { schedule: 'scheduled', publish: 'published' },
};

/** @throws PostStateConflict */
export function stateAfter(state: PostState, move: PostMove): PostState {
  const next = moves[state][move];
  if (!next) throw new PostStateConflict(`One cannot ${move} a post that is ${state}`);
  return next;
}
