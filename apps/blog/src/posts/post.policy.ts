import type { Principal } from '@cairn/auth';
import type { Post } from './post.ts';

const isAdmin = (caller: Principal | undefined) => caller?.roles.includes('admin') ?? false;

/** Drafts are their author's; an admin sees all. */
export const maySee = (caller: Principal | undefined, post: Pick<Post, 'state' | 'authorId'>) =>
  post.state === 'published' || post.authorId === caller?.id || isAdmin(caller);

export const mayEdit = (caller: Principal, post: Pick<Post, 'authorId'>) =>
  post.authorId === caller.id || isAdmin(caller);
