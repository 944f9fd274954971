import { definePolicy, type Principal } from '@cairn/auth';
import { NotYourPost, PostNotFound } from './post.errors.ts';
import type { PostState } from './post-state.ts';

export type PostAction = 'read' | 'change';

/** Everybody reads what is published; the rest is its author's and the admins'. */
export const postPolicy = definePolicy<PostAction, { state: PostState; authorId: string }>((caller, allow) => {
  allow(['read'], { state: 'published' });
  if (caller) allow(['read', 'change'], { authorId: caller.id });
  if (caller?.roles.includes('admin')) allow(['read', 'change']);
});

/** @throws PostNotFound also when the caller may not see it, NotYourPost */
export function assertMayChange<Found extends { state: PostState; authorId: string }>(
  caller: Principal,
  post: Found | null | undefined,
): asserts post is Found {
  if (!post || !postPolicy.allows(caller, 'read', post)) throw new PostNotFound();
  if (!postPolicy.allows(caller, 'change', post)) throw new NotYourPost();
}
