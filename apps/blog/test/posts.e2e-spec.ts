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

const create = async (title: string, as = ada) =>
  (await service.post('/api/v1/posts', { as, body: { title, body: 'Body' } })).body;

describe('creating', () => {
  test('answers the draft with an ETag', async () => {
    const answer = await service.post('/api/v1/posts', { as: ada, body: { title: 'Hello', body: 'World' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body).toMatchObject({ slug: 'hello', state: 'draft', excerpt: null, authorId: ada.id, version: 1 });
  });

  test('fifty at once with one title get fifty slugs', async () => {
    const posts = await Promise.all(Array.from({ length: 50 }, () => create('Same title')));
    expect(new Set(posts.map((post) => post.slug)).size).toBe(50);
    expect(posts.map((post) => post.slug)).toContain('same-title-50');
  });

  test('bad input is a 400 that names each field', async () => {
    const answer = await service.post('/api/v1/posts', { as: ada, body: { title: ' ', colour: 'red' } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'request.invalid', requestId: answer.headers.get('x-request-id') });
    expect(answer.body.errors.map((error: { path: string }) => error.path).sort()).toEqual(['body', 'colour', 'title']);
  });

  test('needs a token, and the role of an author', async () => {
    const body = { title: 'T', body: 'B' };
    expect((await service.post('/api/v1/posts', { body })).status).toBe(401);
    expect((await service.post('/api/v1/posts', { body, as: { id: '', authorization: 'Bearer x.y.z' } })).status).toBe(
      401,
    );
    expect((await service.post('/api/v1/posts', { body, as: await service.someone('reader') })).status).toBe(403);
  });

  test('malformed JSON is a 400, another type a 415', async () => {
    const headers = { authorization: ada.authorization };
    const malformed = await fetch(`${service.url}/api/v1/posts`, {
      method: 'POST',
      body: '{',
      headers: { ...headers, 'content-type': 'application/json' },
    });
    expect([malformed.status, malformed.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ]);
    const text = await fetch(`${service.url}/api/v1/posts`, {
      method: 'POST',
      body: 'x',
      headers: { ...headers, 'content-type': 'text/plain' },
    });
    expect(text.status).toBe(415);
  });
});

describe('reading', () => {
  test("somebody else's draft is a 404", async () => {
    const { slug } = await create('Secret');
    expect((await service.get(`/api/v1/posts/${slug}`, { as: ada })).status).toBe(200);
    expect((await service.get(`/api/v1/posts/${slug}`, { as: bob })).body).toMatchObject({
      status: 404,
      code: 'blog.post-not-found',
    });
    expect((await service.get(`/api/v1/posts/${slug}`)).status).toBe(404);
    expect((await service.patch(`/api/v1/posts/${slug}`, { as: bob, body: { title: 'Mine' } })).status).toBe(404);
  });

  test('If-None-Match answers 304', async () => {
    const { slug } = await create('Cached');
    const { status, body } = await service.get(`/api/v1/posts/${slug}`, {
      as: ada,
      headers: { 'if-none-match': '"1"' },
    });
    expect([status, body]).toEqual([304, undefined]);
  });

  test('pages by keyset, without repeating while posts are added', async () => {
    const publish = async (title: string) =>
      service.post(`/api/v1/posts/${(await create(title)).slug}/publish`, { as: ada });
    for (const title of ['One', 'Two', 'Three']) expect((await publish(title)).status).toBe(200);
    const first = await service.get('/api/v1/posts?limit=2');
    expect(first.body.items.map((post: { title: string }) => post.title)).toEqual(['Three', 'Two']);
    await publish('Four');
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('link')!)![1]!;
    const second = await service.get(next);
    expect(second.body.items.map((post: { title: string }) => post.title)).toEqual(['One']);
    expect(second.body.nextCursor).toBeNull();
    expect((await service.get('/api/v1/posts?cursor=forged')).body.errors).toEqual([
      { path: 'cursor', message: expect.any(String) },
    ]);
  });
});

describe('updating', () => {
  test('of twenty editors that saw the same version exactly one wins', async () => {
    const { slug } = await create('Contested');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        service.patch(`/api/v1/posts/${slug}`, {
          as: ada,
          body: { title: `Editor ${n}` },
          headers: { 'if-match': '"1"' },
        }),
      ),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    const winner = answers.find((answer) => answer.status === 200)!;
    expect((await service.get(`/api/v1/posts/${slug}`, { as: ada })).body).toEqual(winner.body);
    expect(winner.headers.get('etag')).toBe('"2"');
  });

  test('null clears, absent leaves alone, a published post of another is a 403', async () => {
    const { slug } = await create('Patched');
    await service.patch(`/api/v1/posts/${slug}`, { as: ada, body: { excerpt: 'Short' } });
    expect((await service.patch(`/api/v1/posts/${slug}`, { as: ada, body: { excerpt: null } })).body).toMatchObject({
      title: 'Patched',
      excerpt: null,
      version: 3,
    });
    await service.post(`/api/v1/posts/${slug}/publish`, { as: ada });
    expect((await service.patch(`/api/v1/posts/${slug}`, { as: bob, body: { title: 'Mine' } })).body.code).toBe(
      'blog.not-your-post',
    );
    expect((await service.post(`/api/v1/posts/${slug}/publish`, { as: ada })).body.code).toBe(
      'blog.post-already-published',
    );
  });
});

describe('GraphQL', () => {
  const query = async (text: string, as?: Someone) =>
    (await service.post('/graphql', { as, body: { query: text } })).body;

  test('is a second door to the same queries', async () => {
    const { slug, id } = await create('Graph');
    const { data } = await query(
      `{ post(slug: "${slug}") { id title excerpt version } posts(limit: 1) { items { slug } nextCursor } }`,
      ada,
    );
    expect(data.post).toEqual({ id, title: 'Graph', excerpt: null, version: 1 });
    expect(data.posts.items).toHaveLength(1);
  });

  test('validates as the REST door does', async () => {
    const { errors } = await query('{ posts(limit: 1000) { nextCursor } }');
    expect(errors[0].extensions).toMatchObject({ code: 'request.invalid', errors: [{ path: 'limit' }] });
  });

  test('keeps the codes of the errors', async () => {
    const { errors } = await query('{ post(slug: "nowhere") { id } }');
    expect(errors[0].extensions.code).toBe('blog.post-not-found');
  });
});
