import { Cache, CachingConfigSchema } from '@cairn/caching';
import { v7 as uuidv7 } from 'uuid';
import { TagsRepository } from '../tags/tags.repository.ts';
import { PostCache } from './post-cache.service.ts';
import { PostRevisionRepository } from './post-revision.repository.ts';
import { PostSearchRepository } from './post-search.repository.ts';
import { PostRepository } from './post.repository.ts';
import { Post, type PostContent } from './post.ts';

/** A draft for tests: give only what the test is about. */
export function aPost({ authorId = uuidv7(), ...content }: Partial<PostContent> & { authorId?: string } = {}): Post {
  const complete = { title: 'A post', body: 'Its *body*.', excerpt: null, coverImageUrl: null, tags: [], ...content };
  return Post.draft(uuidv7(), authorId, complete, new Date('2026-01-01T00:00:00Z'));
}

/** One that has not been connected to Redis: memory and source. */
export const aPostCache = () =>
  new PostCache(
    new Cache({ ...CachingConfigSchema.parse({ REDIS_URL: 'redis://not.connected' }), namespace: 'blog-test' }),
  );

export const aPostRepository = () =>
  new PostRepository(new TagsRepository(), new PostSearchRepository(), new PostRevisionRepository(), aPostCache());
