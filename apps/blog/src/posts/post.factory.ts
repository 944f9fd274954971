import { v7 as uuidv7 } from 'uuid';
import { TagsRepository } from '../tags/tags.repository.ts';
import { PostRevisionRepository } from './post-revision.repository.ts';
import { PostSearchRepository } from './post-search.repository.ts';
import { PostRepository } from './post.repository.ts';
import { Post, type PostContent } from './post.ts';

/** A draft for tests: give only what the test is about. */
export function aPost({ authorId = uuidv7(), ...content }: Partial<PostContent> & { authorId?: string } = {}): Post {
  const complete = { title: 'A post', body: 'Its *body*.', excerpt: null, coverImageUrl: null, tags: [], ...content };
  return Post.draft(uuidv7(), authorId, complete, new Date('2026-01-01T00:00:00Z'));
}

export const aPostRepository = () =>
  new PostRepository(new TagsRepository(), new PostSearchRepository(), new PostRevisionRepository());
