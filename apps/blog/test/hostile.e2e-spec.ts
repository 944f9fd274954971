import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startService, type RunningService, type Someone } from '@cairn/testing';
import fc from 'fast-check';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone;

/** Posts in every state, whose drafts say a word that nobody else may find. */
beforeAll(async () => {
  service = await startService(blog);
  [ada, bob] = await Promise.all([service.someone('author'), service.someone('author')]);
  for (const title of ['Public one', 'Public two', 'Public three']) {
    const { body } = await service.post('/api/v1/posts', {
      as: ada,
      body: { title, body: 'x <b>y</b>', tags: ['public'] },
    });
    await service.post(`/api/v1/posts/${body.slug}/publish`, { as: ada });
  }
});
afterAll(() => service.stop());

const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
/** A failure prints the seed: TEST_SEED repeats it. */
const everyInput = <T>(property: fc.IAsyncPropertyWithHooks<T>, numRuns: number) =>
  fc.assert(property, { seed: SEED, numRuns });

describe(`no input makes a 5xx (TEST_SEED=${SEED})`, () => {
  const operators = fc.constantFrom(
    '"',
    '-',
    ' or ',
    ' OR ',
    '(',
    ')',
    '&',
    '|',
    '!',
    '<->',
    ':*',
    "'",
    '\\',
    '%',
    '_',
    '$1',
    '<b>',
    '\u0000',
    '\ud800',
    '🙂',
    'é',
    '日本',
  );
  const words = fc.array(fc.oneof(operators, fc.string({ unit: 'binary', maxLength: 12 }), fc.constant('public')), {
    maxLength: 20,
  });
  const q = words.map((parts) => parts.join(''));

  test('as q, with any sort, over both doors', async () => {
    await everyInput(
      fc.asyncProperty(q, fc.constantFrom('date', 'relevance'), async (text, sort) => {
        const query = new URLSearchParams({ q: text, sort });
        expect((await service.get(`/api/v1/posts?${query}`)).status).toBeLessThan(500);
        const graphql = 'query ($q: String) { posts(q: $q) { edges { highlight { text } } } }';
        const { errors = [] } = (await service.post('/graphql', { body: { query: graphql, variables: { q: text } } }))
          .body;
        for (const { extensions } of errors) expect(extensions.status).toBe(400);
      }),
      150,
    );
  }, 60_000);

  test('as cursor of any list', async () => {
    const encoded = (value: unknown) =>
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const genuine = (await service.get('/api/v1/posts?q=public&limit=1')).body.nextCursor;
    const [list, key, id] = JSON.parse(Buffer.from(genuine, 'base64url').toString());
    const part = fc.oneof(
      fc.constantFrom(
        list,
        key,
        id,
        '1e999',
        '-1',
        '9999999',
        '99999999999999999999',
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '\u0000',
        null,
        1e308,
        [],
        {},
      ),
      fc.string({ unit: 'binary' }),
    );
    const cursor = fc.oneof(
      fc.array(part, { maxLength: 4 }).map(encoded),
      fc.tuple(part, part).map((rest) => encoded([list, ...rest])),
      fc.constantFrom('[1e999,1e999]', `["${list}",1e999,"${id}"]`, '[[[[', '"', '{"__proto__":1}').map(encoded),
      fc.string(),
      fc.integer({ min: 1, max: 3 }).map((n) => 'W'.repeat(n * 4_000)),
    );
    const lists = fc.constantFrom('posts?q=public', 'posts?q=public&sort=date', 'posts?', 'posts?tag=public', 'tags?');
    await everyInput(
      fc.asyncProperty(lists, cursor, async (path, forged) => {
        const answer = await service.get(`/api/v1/${path}&cursor=${encodeURIComponent(forged)}`);
        if (answer.status !== 200) expect(answer.body).toMatchObject({ status: 400, errors: [{ path: 'cursor' }] });
      }),
      300,
    );
  }, 60_000);

  test('as a very long cursor through the graph', async () => {
    const query = 'query ($c: String) { posts(after: $c) { pageInfo { endCursor } } }';
    const { errors } = (await service.post('/graphql', { body: { query, variables: { c: 'W'.repeat(900_000) } } }))
      .body;
    expect(errors[0].extensions).toMatchObject({ status: 400, errors: [{ path: 'after' }] });
  });

  test('as tags of a post: what is taken is normalised', async () => {
    await everyInput(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 11 }), async (tags) => {
        const answer = await service.post('/api/v1/posts', { as: bob, body: { title: 'T', body: 'B', tags } });
        expect([201, 400]).toContain(answer.status);
        for (const tag of answer.body.tags ?? []) expect(tag).toMatch(/^[\p{L}\p{M}\p{N}-]{1,32}$/u);
      }),
      60,
    );
  }, 60_000);
});

describe('what is not published is known to its author and to admins only', () => {
  const SECRET = 'zanzibar';
  const secret = { title: `Secret ${SECRET}`, body: `On ${SECRET}`, excerpt: SECRET, tags: [SECRET] };
  const hidden: { slug: string; id: string }[] = [];

  /** A draft, a scheduled and an archived one; and one whose published text was another before. */
  beforeAll(async () => {
    const create = async () => (await service.post('/api/v1/posts', { as: ada, body: secret })).body;
    const move = (slug: string, verb: string, body?: object) =>
      service.post(`/api/v1/posts/${slug}/${verb}`, { as: ada, body });
    const [draft, scheduled, archived] = [await create(), await create(), await create()];
    await move(scheduled.slug, 'publish', { at: '2100-01-01T00:00:00Z' });
    await move(archived.slug, 'publish');
    await move(archived.slug, 'unpublish');
    hidden.push(draft, scheduled, archived);
    const rewritten = await create();
    const body = { title: 'Harmless', body: 'B', excerpt: null, tags: [] };
    await service.patch(`/api/v1/posts/${rewritten.slug}`, { as: ada, body, headers: { 'if-match': '*' } });
    await move('harmless', 'publish');
  });

  const lists = (query: string) =>
    ['draft', 'scheduled', 'archived', 'published'].map((state) => `/api/v1/posts?state=${state}&limit=100&${query}`);
  const everywhere = () => [
    ...[`q=${SECRET}`, 'q=zanzibra', `q=${SECRET}&sort=date`, `tag=${SECRET}`, `authorId=${ada.id}`, ''].flatMap(lists),
    '/api/v1/tags?limit=100',
    ...[...hidden, { slug: 'harmless' }].flatMap(({ slug }) => [
      ...(slug === 'harmless' ? [] : [`/api/v1/posts/${slug}`]),
      `/api/v1/posts/${slug}/revisions`,
      `/api/v1/posts/${slug}/revisions/1`,
    ]),
  ];

  test.each(['a stranger', 'another author', 'a moderator'])('%s finds it nowhere', async (who) => {
    const as =
      who === 'a stranger' ? undefined : await service.someone(who === 'another author' ? 'author' : 'moderator');
    for (const path of everywhere()) {
      const answer = await service.get(path, { as });
      expect({ path, found: JSON.stringify(answer.body).includes(SECRET) }).toEqual({ path, found: false });
    }
    const query = `query ($all: [_Any!]!) {
      _entities(representations: $all) {
        ... on Post { title body }
        ... on User { drafts: posts(state: DRAFT) { edges { node { title } } } posts { edges { node { title } } } } }
      posts(q: "${SECRET}") { edges { node { title body } highlight { text } } }
      drafts: posts(state: DRAFT, tag: "${SECRET}") { edges { node { title } } }
      tags(first: 100) { edges { node { tag } } } }`;
    const posts = hidden.map(({ id }) => ({ __typename: 'Post', id }));
    const all = [...posts, { __typename: 'User', id: ada.id }];
    const { data, errors } = (await service.post('/graphql', { as, body: { query, variables: { all } } })).body;
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain(SECRET);
  });

  test('its author does, and an admin', async () => {
    for (const as of [ada, await service.someone('admin')]) {
      const found = await service.get(`/api/v1/posts?state=draft&q=${SECRET}`, { as });
      expect(found.body.items).toMatchObject([{ highlight: { title: `Secret <mark>${SECRET}</mark>` } }]);
      expect((await service.get('/api/v1/posts/harmless/revisions/1', { as })).body.title).toBe(secret.title);
    }
  });
});
