import { definePolicy } from '@cairn/auth';
import type { PostState } from './post-state.ts';

export type PostAction = 'read' | 'change';

/** Everybody reads what is published; the rest is its author's and the admins'. */
export const postPolicy = definePolicy<PostAction, { state: PostState; authorId: string }>((caller, allow) => {
  allow(['read'], { state: 'published' });
  if (caller) allow(['read', 'change'], { authorId: caller.id });
  if (caller?.roles.includes('admin')) allow(['read', 'change']);
});
