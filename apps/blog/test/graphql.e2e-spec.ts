import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startService, type RunningService, type Someone } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone;

beforeAll(async () => {
  service = await startService(blog);
  [ada, bob] = await Promise.all([service.someone('author'), service.someone('author')]);
});
afterAll(() => service.stop());

const ask = async (query: string, variables: object = {}, as?: Someone) =>
  (await service.post('/graphql', { as, body: { query, variables } })).body;
const create = async (input: object, as = ada) =>
  (await ask('mutation ($input: CreatePostInput!) { createPost(input: $input) { id slug version } }', { input }, as))
    .data.createPost;
const publish = (slug: string, as = ada) =>
  ask('mutation ($slug: String!) { publishPost(slug: $slug) { slug state version } }', { slug }, as);

describe('reading', () => {
  test('posts and tags take the same filters, and name their author', async () => {
    const { slug } = await create({ title: 'Graph theory', body: 'B', tags: ['Graph'] });
    await publish(slug);
    const { data } = await ask(
      `{ posts(q: "graph theroy", tag: "graph", limit: 1, publishedAfter: "2026-01-01T00:00:00Z", authorId: "${ada.id}", cursor: null) {
           items { slug tags author { id } highlight { title text } } nextCursor }
         tags(limit: 1) { items { tag posts } }
         post(slug: "${slug}") { author { id } bodyHtml } }`,
    );
    expect(data.posts.items).toEqual([
      { slug, tags: ['graph'], author: { id: ada.id }, highlight: { title: '<mark>Graph</mark> theory', text: 'B' } },
    ]);
    expect(data.tags.items).toEqual([{ tag: 'graph', posts: 1 }]);
    expect(data.post.author.id).toBe(ada.id);
    const { errors } = await ask('{ posts(sort: "relevance") { nextCursor } }');
    expect(errors[0].extensions).toMatchObject({ code: 'request.invalid', errors: [{ path: 'sort' }] });
  });

  test('references by id are answered, drafts and nonsense with null', async () => {
    const [shown, hidden] = [await create({ title: 'Shown', body: 'B' }), await create({ title: 'Hidden', body: 'B' })];
    await publish(shown.slug);
    const { data, errors } = await ask(
      'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Post { slug author { id } } } }',
      { all: [shown.id, hidden.id, 'nonsense', shown.id].map((id) => ({ __typename: 'Post', id })) },
    );
    expect(errors).toBeUndefined();
    const known = { slug: shown.slug, author: { id: ada.id } };
    expect(data._entities).toEqual([known, null, null, known]);
  });
});

describe('writing', () => {
  const UPDATE = `mutation ($slug: String!, $input: UpdatePostInput!, $version: Int!) {
    updatePost(slug: $slug, input: $input, expectedVersion: $version) { slug excerpt version tags } }`;

  test('the life of a post', async () => {
    const { slug } = await create({ title: 'Alive', body: 'B', excerpt: 'E' });
    const input = { title: 'Still alive', excerpt: null, tags: ['Life'] };
    const { data } = await ask(UPDATE, { slug, input, version: 1 }, ada);
    expect(data.updatePost).toEqual({ slug: 'still-alive', excerpt: 'B', version: 2, tags: ['life'] });
    expect((await publish(slug)).data.publishPost.state).toBe('published');
    const unpublish = 'mutation { unpublishPost(slug: "alive", expectedVersion: 3) { state } }';
    expect((await ask(unpublish, {}, ada)).data.unpublishPost.state).toBe('archived');
    expect((await ask(unpublish, {}, ada)).errors[0].extensions).toMatchObject({ status: 412, code: 'request.stale' });
    const remove = 'mutation { deletePost(slug: "alive") }';
    expect((await ask(remove, {}, ada)).data.deletePost).toBe(true);
    expect((await ask(remove, {}, ada)).errors[0].extensions.code).toBe('blog.post-not-found');
  });

  test('is refused as over REST', async () => {
    const { slug } = await create({ title: 'Guarded', body: 'B' });
    const codeOf = async (query: string, variables: object, as?: Someone) =>
      (await ask(query, variables, as)).errors[0].extensions.status;
    expect(await codeOf(UPDATE, { slug, input: {}, version: 1 })).toBe(401);
    expect(await codeOf(UPDATE, { slug, input: {}, version: 1 }, bob)).toBe(404);
    expect(await codeOf(UPDATE, { slug, input: { title: null }, version: 1 }, ada)).toBe(400);
    expect(
      await codeOf(
        'mutation { createPost(input: { title: "T", body: "B" }) { id } }',
        {},
        await service.someone('reader'),
      ),
    ).toBe(403);
    await publish(slug);
    expect(await codeOf(UPDATE, { slug, input: { title: 'Mine' }, version: 2 }, bob)).toBe(403);
  });

  test('of ten creates with one idempotency key one creates', async () => {
    const query = 'mutation { createPost(input: { title: "Once", body: "B" }, idempotencyKey: "k") { id createdAt } }';
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(query, {}, ada)));
    const ids = answers.flatMap(({ data }) => data?.createPost?.id ?? []);
    expect(new Set(ids).size).toBe(1);
    const first = answers.find(({ data }) => data?.createPost);
    expect(await ask(query, {}, ada)).toEqual(first);
    expect(Date.parse(first.data.createPost.createdAt)).not.toBeNaN();
    const other = query.replace('Once', 'Twice');
    expect((await ask(other, {}, ada)).errors[0].extensions.code).toBe('request.idempotency-key-reused');
  });
});
