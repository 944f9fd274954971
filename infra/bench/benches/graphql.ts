import { load, type Request } from '../load.ts';
import { IDENTITY, posts } from '../people.ts';
import { answerTo } from '../same-answer.ts';
import { ratios, type Bench, type Goal, type Side } from '../side.ts';
import type { Running } from '../system.ts';

const FIELDS = `id slug title excerpt coverImageUrl tags state readingMinutes publishAt publishedAt createdAt updatedAt
  commentCount likeCount version highlight { title text }`;
const asked = (url: string, authorFields: string): Request => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: `{ posts(limit: 20) { items { ${FIELDS} author { ${authorFields} } } nextCursor } }` }),
});

export const graphql: Bench = {
  name: 'graphql',
  question:
    'The list of 20 posts, every field of it: by the subgraph of blog against REST of blog; and by the graph of the gateway, which joins the authors from identity, against REST through the gateway.',
  async open(system) {
    await system.service('identity', IDENTITY);
    const blog = await system.service('blog');
    await posts(system, 30);
    const gateway = await system.service('gateway');
    const rest = '/api/v1/posts?limit=20';
    const sides: Side[] = [
      side('blog, GraphQL', blog, asked(`${blog.origin}/graphql`, 'id'), true),
      side('blog, REST', blog, { url: blog.origin + rest }),
    ];
    const goals: Goal[] = goalsOf('blog');
    const joined = asked(`${gateway.origin}/graphql`, 'id username displayName avatarUrl deleted');
    if (await isServed(joined)) {
      sides.push(
        side('gateway, GraphQL', gateway, joined, true),
        side('gateway, REST', gateway, { url: gateway.origin + rest }),
      );
      goals.push(...goalsOf('gateway'));
    }
    return { sides, goals };
  },
};

const side = (name: string, server: Running, request: Request, isOurs = false): Side => ({
  name,
  isOurs,
  measure: (seconds) => load(server, request, seconds),
});

const goalsOf = (where: string) => ratios(`${where}, GraphQL`, `${where}, REST`, 0.5);

/** @throws Error when it is there and answers with errors: those would be fast */
async function isServed(request: Request): Promise<boolean> {
  const text = await answerTo(request).catch((error: Error) => {
    if (error.message.includes('answered 404')) return undefined;
    throw error;
  });
  if (text?.includes('"errors"')) throw new Error(`${request.url} answered ${text.slice(0, 500)}`);
  return text !== undefined;
}
