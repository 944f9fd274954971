import { v7 as uuidv7 } from 'uuid';
import { Post, type PostContent } from './post.ts';

/** A draft for tests: give only what the test is about. */
export function aPost({ authorId = uuidv7(), ...content }: Partial<PostContent> & { authorId?: string } = {}): Post {
  const complete = { title: 'A post', body: 'Its *body*.', excerpt: null, coverImageUrl: null, tags: [], ...content };
  return Post.draft(uuidv7(), authorId, complete, new Date('2026-01-01T00:00:00Z'));
}
