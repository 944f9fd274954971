import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { statementsDuring, startService, type RunningService, type Someone } from '@cairn/testing';
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
      `{ posts(q: "graph theroy", tag: "graph", first: 1, publishedAfter: "2026-01-01T00:00:00Z", authorId: "${ada.id}", after: null) {
           edges { node { slug tags author { id } } highlight { title text } } }
         tags(first: 1) { edges { node { tag posts } } }
         post(slug: "${slug}") { author { id } bodyHtml } }`,
    );
    const highlight = { title: '<mark>Graph</mark> theory', text: 'B' };
    expect(data.posts.edges).toEqual([{ node: { slug, tags: ['graph'], author: { id: ada.id } }, highlight }]);
    expect(data.tags.edges).toEqual([{ node: { tag: 'graph', posts: 1 } }]);
    expect(data.post.author.id).toBe(ada.id);
    const { errors } = await ask('{ posts(sort: RELEVANCE) { pageInfo { endCursor } } }');
    expect(errors[0].extensions).toMatchObject({ code: 'request.invalid', errors: [{ path: 'sort' }] });
  });

  test('references by id are answered as far as their reader may see, nonsense with null', async () => {
    const [shown, hidden] = [await create({ title: 'Shown', body: 'B' }), await create({ title: 'Hidden', body: 'B' })];
    await publish(shown.slug);
    const all = [shown.id, hidden.id, 'nonsense', shown.id].map((id) => ({ __typename: 'Post', id }));
    const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Post { slug author { id } } } }';
    const known = ({ slug }: { slug: string }) => ({ slug, author: { id: ada.id } });
    for (const as of [undefined, bob]) {
      const { data, errors } = await ask(query, { all }, as);
      expect(errors).toBeUndefined();
      expect(data._entities).toEqual([known(shown), null, null, known(shown)]);
    }
    expect((await ask(query, { all }, ada)).data._entities).toEqual([known(shown), known(hidden), null, known(shown)]);
    const { errors } = await ask(query, { all }, { ...ada, authorization: 'Bearer forged' });
    expect(errors[0].extensions).toMatchObject({ status: 401 });
  });

  test('a connection leads through the whole list, forward, each edge by its own cursor', async () => {
    const carol = await service.someone('author');
    for (const title of ['One', 'Two', 'Three']) await publish((await create({ title, body: 'B' }, carol)).slug, carol);
    const list = `query ($id: ID!, $after: String) { posts(authorId: $id, first: 2, after: $after) {
      edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const page = async (after?: string) => (await ask(list, { id: carol.id, after })).data.posts;
    const [first, last] = [await page(), await page((await page()).pageInfo.endCursor)];
    const titles = ({ edges }: typeof first) => edges.map((edge: { node: { title: string } }) => edge.node.title);
    expect([titles(first), titles(last)]).toEqual([['Three', 'Two'], ['One']]);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(last.pageInfo).toEqual({
      ...{ hasNextPage: false, hasPreviousPage: true },
      ...{ startCursor: last.edges[0].cursor, endCursor: last.edges[0].cursor },
    });
    expect(titles(await page(first.edges[0].cursor))).toEqual(['Two', 'One']);
  });
});

describe('what hangs on many is asked for at once', () => {
  const authors: Someone[] = [];
  const IN = 20;
  beforeAll(async () => {
    for (let n = 0; n < IN; n++) authors.push(await service.someone('author'));
    for (const title of ['First', 'Second'])
      for (const [n, author] of authors.entries()) {
        const { slug } = await create({ title: `${title} of ${n}`, body: `Body ${n}`, tags: ['batched'] }, author);
        await publish(slug, author);
        const comments = ['a', 'b', 'c'].map((body, c) => `c${c}: addComment(slug: "${slug}", body: "${body}") { id }`);
        await ask(`mutation { ${comments.join(' ')} }`, {}, bob);
      }
    await Promise.all(authors.map((author, n) => create({ title: `Draft of ${n}`, body: 'D' }, author)));
  }, 60_000);

  /** The statements of a query that must succeed. */
  async function costOf(query: string, variables: object, as?: Someone) {
    let data: Record<string, never> = {};
    const statements = await statementsDuring(async () => {
      const answer = await ask(query, variables, as);
      expect(answer.errors).toBeUndefined();
      data = answer.data;
    });
    return { data, statements };
  }

  test('a list with authors, counts, texts, comments and their authors: five statements, whatever its length', async () => {
    const query = `query ($first: Int!) { posts(tag: "batched", first: $first) { edges { node {
      title body bodyHtml commentCount author { id posts(first: 1) { edges { node { title } } } }
      comments(first: 2) { edges { node { body author { id } post { title } parent { id } } } pageInfo { hasNextPage } }
    } } } }`;
    for (const first of [1, 2, IN]) {
      const { data, statements } = await costOf(query, { first });
      // The list; its texts; the comments; the authors' posts; and a step later, the posts that the comments name.
      expect(statements).toHaveLength(5);
      expect(statements.filter((text) => text.includes('LATERAL'))).toHaveLength(2);
      const edges = (data.posts as any).edges as any[]; // eslint-disable-line @typescript-eslint/no-explicit-any
      expect(edges).toHaveLength(first);
      const n = IN - 1;
      expect(edges[0].node).toMatchObject({
        ...{ title: `Second of ${n}`, body: `Body ${n}`, bodyHtml: `<p>Body ${n}</p>\n`, commentCount: 3 },
        author: { id: authors[n]!.id, posts: { edges: [{ node: { title: `Second of ${n}` } }] } },
        comments: {
          edges: ['a', 'b'].map((body) => ({
            node: { body, author: { id: bob.id }, post: { title: `Second of ${n}` }, parent: null },
          })),
          pageInfo: { hasNextPage: true },
        },
      });
    }
  });

  test('twenty users with their posts are one statement, by which each sees what they may', async () => {
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on User { id
      posts(first: 1) { edges { node { title author { id } } } pageInfo { hasNextPage } }
      drafts: posts(state: DRAFT) { edges { node { title } } } } } }`;
    const all = authors.map(({ id }) => ({ __typename: 'User', id }));
    const { data, statements } = await costOf(query, { all }, authors[3]);
    expect(statements).toEqual([expect.stringContaining('LATERAL')]);
    expect(data._entities).toEqual(
      authors.map(({ id }, n) => ({
        id,
        posts: {
          edges: [{ node: { title: `Second of ${n}`, author: { id } } }],
          pageInfo: { hasNextPage: true },
        },
        drafts: { edges: n === 3 ? [{ node: { title: 'Draft of 3' } }] : [] },
      })),
    );
  });

  test('references to posts and comments are one statement for each type', async () => {
    const { data } = await ask(
      `{ posts(tag: "batched", first: ${IN}) { edges { node { id comments { edges { node { id } } } } } } }`,
    );
    const posts = data.posts.edges.map(({ node }: { node: { id: string } }) => ({ __typename: 'Post', id: node.id }));
    const comments = data.posts.edges.flatMap(
      ({ node }: { node: { comments: { edges: { node: { id: string } }[] } } }) =>
        node.comments.edges.map((edge) => ({ __typename: 'Comment', id: edge.node.id })),
    );
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Post { title } ... on Comment { body } } }`;
    const answer = await costOf(query, { all: [...posts, ...comments] });
    expect(answer.statements).toHaveLength(2);
    expect(answer.data._entities).toHaveLength(4 * IN);
    expect(answer.data._entities).not.toContain(null);
  });

  test('a cursor of another list is the error of its field alone, and names it', async () => {
    const query = `query ($id: ID!, $after: String) { posts(authorId: $id, first: 1, after: $after) { edges {
      cursor node { author { id posts(first: 1, after: $after) { edges { node { title } } } } comments(after: $after) { edges { cursor } } } } } }`;
    const { id } = authors[0]!;
    const cursor = (await ask(query, { id })).data.posts.edges[0].cursor;
    const { errors } = await ask(query, { id, after: cursor });
    expect(errors).toMatchObject([
      {
        path: ['posts', 'edges', 0, 'node', 'comments'],
        extensions: { code: 'request.invalid', status: 400, errors: [{ path: 'after' }] },
      },
    ]);
    const own = `query ($id: ID!, $after: String) { _entities(representations: [{ __typename: "User", id: $id }]) {
      ... on User { posts(first: 1, after: $after) { edges { node { title } } } } } }`;
    const [user] = (await ask(own, { id, after: cursor })).data._entities;
    expect(user.posts.edges).toEqual([{ node: { title: 'First of 0' } }]);
  });

  test('a field after a mutation sees what it has done', async () => {
    const [one, two] = [
      await create({ title: 'Fresh one', body: 'B' }),
      await create({ title: 'Fresh two', body: 'B' }),
    ];
    const posts = 'author { posts(first: 1) { edges { node { slug } } } }';
    const { data } = await ask(
      `mutation { a: publishPost(slug: "${one.slug}") { ${posts} } b: publishPost(slug: "${two.slug}") { ${posts} } }`,
      {},
      ada,
    );
    expect(data.a.author.posts.edges[0].node.slug).toBe(one.slug);
    expect(data.b.author.posts.edges[0].node.slug).toBe(two.slug);
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
    expect((await publish(slug)).data.publishPost.state).toBe('PUBLISHED');
    const unpublish = 'mutation { unpublishPost(slug: "alive", expectedVersion: 3) { state } }';
    expect((await ask(unpublish, {}, ada)).data.unpublishPost.state).toBe('ARCHIVED');
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
