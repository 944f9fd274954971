import { load } from '../load.ts';
import { IDENTITY, posts } from '../people.ts';
import { assertSameSize } from '../same-answer.ts';
import { ratios, type Bench } from '../side.ts';

export const post: Bench = {
  name: 'post',
  question:
    '`GET /api/v1/posts/{slug}` on blog (caller, validation, policy, author, serialisation, ETag, access log, metrics), from the cache and with `CACHE=off`, against fastify and pg alone: the same row by its key, prepared.',
  async open(system) {
    await system.service('identity', IDENTITY);
    const blog = await system.service('blog');
    const uncached = await system.service('blog', { CACHE: 'off' }, 1);
    const [{ id, slug, author }] = (await posts(system, 1)) as [Awaited<ReturnType<typeof posts>>[0]];
    const raw = await system.side('raw-posts', {
      DATABASE_URL: system.database('blog').url,
      AUTHOR: JSON.stringify(author),
    });
    const ours = { url: `${blog.origin}/api/v1/posts/${slug}` };
    const bare = { url: `${raw.origin}/posts/${id}` };
    await assertSameSize(ours, bare);
    const ownRead = { url: ours.url.replace(blog.origin, uncached.origin) };
    await assertSameSize(ours, ownRead);
    return {
      sides: [
        { name: 'blog', isOurs: true, measure: (seconds) => load(blog, ours, seconds) },
        { name: 'blog, CACHE=off', measure: (seconds) => load(uncached, ownRead, seconds) },
        { name: 'fastify + pg', measure: (seconds) => load(raw, bare, seconds) },
      ],
      goals: [
        ...ratios('blog', 'fastify + pg', 0.7),
        ...ratios('blog, CACHE=off', 'fastify + pg'),
        ...ratios('blog', 'blog, CACHE=off'),
      ],
    };
  },
};
