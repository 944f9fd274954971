import { load, type Request } from '../load.ts';
import { IDENTITY, posts } from '../people.ts';
import { answerTo } from '../same-answer.ts';
import { ratios, type Bench, type Goal, type Side } from '../side.ts';
import type { Running } from '../system.ts';

/** Of each post what REST tells of it. */
const FIELDS = `id slug title excerpt coverImageUrl tags state authorId readingMinutes publishAt publishedAt createdAt updatedAt
  commentCount likeCount version`;
const asked = (url: string, authorFields: string): Request => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    query: `{ posts(first: 20) {
      edges { node { ${FIELDS} author { ${authorFields} } } highlight { title text } }
      pageInfo { hasNextPage endCursor }
    } }`,
  }),
});

export const graphql: Bench = {
  name: 'graphql',
  question:
    'The list of 20 posts, every field of it: by the subgraph of blog against REST of blog; and by the graph of the gateway, which joins the authors from identity, against REST through the gateway.',
  async open(system) {
    const identity = await system.service('identity', IDENTITY);
    const blog = await system.service('blog', { CACHE: 'off' }); // which only REST has: doors are compared, not reads
    await posts(system, 30);
    const gateway = await system.service('gateway', system.upstreams({ identity: identity.origin, blog: blog.origin }));
    const rest = '/api/v1/posts?limit=20';
    const alone = asked(`${blog.origin}/graphql`, 'id');
    const joined = asked(`${gateway.origin}/graphql`, 'id username displayName avatarUrl deleted');
    for (const each of [alone, joined]) await assertServed(each);
    const sides: Side[] = [
      side('blog, GraphQL', blog, alone, true),
      side('blog, REST', blog, { url: blog.origin + rest }),
      side('gateway, GraphQL', gateway, joined, true),
      side('gateway, REST', gateway, { url: gateway.origin + rest }),
    ];
    const goals: Goal[] = [...goalsOf('blog'), ...goalsOf('gateway')];
    return { sides, goals };
  },
};

const side = (name: string, server: Running, request: Request, isGraph = false): Side => ({
  name,
  isOurs: isGraph,
  async measure(seconds) {
    const figures = await load(server, request, seconds);
    if (isGraph) await assertServed(request); // also after all of that
    return figures;
  },
});

const goalsOf = (where: string) => ratios(`${where}, GraphQL`, `${where}, REST`, 0.5);

/** A graph says by its body what went wrong, under a 200. @throws Error when it did: errors would be fast */
async function assertServed(request: Request): Promise<void> {
  const text = await answerTo(request);
  const { data, errors } = JSON.parse(text) as {
    data?: { posts?: { edges: unknown[] } | null } | null;
    errors?: unknown;
  };
  if (errors || data?.posts?.edges.length !== 20) throw new Error(`${request.url} answered ${text.slice(0, 500)}`);
}
