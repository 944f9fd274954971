import { load } from '../load.ts';
import { IDENTITY, posts as makePosts } from '../people.ts';
import { answerTo, assertSameSize } from '../same-answer.ts';
import { ratios, type Bench } from '../side.ts';

export const posts: Bench = {
  name: 'posts',
  question:
    '`GET /api/v1/posts?limit=20` on blog, from the cache and with `CACHE=off`, against fastify and pg alone with the same statement, prepared.',
  async open(system) {
    await system.service('identity', IDENTITY);
    const blog = await system.service('blog');
    const uncached = await system.service('blog', { CACHE: 'off' }, 1);
    const made = await makePosts(system, 30);
    const ours = { url: `${blog.origin}/api/v1/posts?limit=20` };
    const raw = await system.side('raw-posts', {
      DATABASE_URL: system.database('blog').url,
      AUTHOR: JSON.stringify(made[0]!.author),
      CURSOR: (JSON.parse(await answerTo(ours)) as { nextCursor: string }).nextCursor,
    });
    const bare = { url: `${raw.origin}/posts?limit=20` };
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
        ...ratios('blog', 'fastify + pg', 0.6),
        ...ratios('blog, CACHE=off', 'fastify + pg'),
        ...ratios('blog', 'blog, CACHE=off'),
      ],
    };
  },
};
