import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startService, type RunningService, type Someone } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone;

beforeAll(async () => {
  service = await startService(blog);
  [ada, bob] = await Promise.all([service.someone('author'), service.someone('author')]);
});
afterAll(() => service.stop());

interface Made {
  slug: string;
  id: string;
  etag: string;
}
const path = (slug: string) => `/api/v1/posts/${encodeURIComponent(slug)}`;
const create = async (title: string, as = ada): Promise<Made> => {
  const { body, headers } = await service.post('/api/v1/posts', { as, body: { title, body: 'Body' } });
  return { ...body, etag: headers.get('etag') };
};
const publish = async (title: string, as = ada): Promise<Made> => {
  const { slug } = await create(title, as);
  const { body, headers } = await service.post(`${path(slug)}/publish`, { as });
  return { ...body, etag: headers.get('etag') };
};

describe('creating', () => {
  test('answers the draft with Location and ETag', async () => {
    const answer = await service.post('/api/v1/posts', { as: ada, body: { title: 'Привет', body: 'World' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toMatch(/^"1-[\w-]{16}"$/);
    expect(answer.body).toMatchObject({
      slug: 'привет',
      state: 'draft',
      excerpt: 'World',
      authorId: ada.id,
      version: 1,
    });
    const got = await service.get(answer.headers.get('location')!, { as: ada });
    expect(got.body).toEqual(answer.body);
  });

  test('fifty at once with one title get fifty slugs', async () => {
    const posts = await Promise.all(Array.from({ length: 50 }, () => create('Same title')));
    expect(new Set(posts.map((post) => post.slug)).size).toBe(50);
    expect(posts.map((post) => post.slug)).toContain('same-title-50');
  });

  test.each([
    [{ title: ' ', colour: 'red' }, ['body', 'colour', 'title']],
    [{ title: 'a\u0000b', body: 'c\ud800' }, ['body', 'title']],
    [{ title: 'two\nlines', body: 'x', excerpt: '' }, ['excerpt', 'title']],
    [{ title: 'T', body: 'B', coverImageUrl: 'javascript:alert(1)' }, ['coverImageUrl']],
    [{ title: 'T', body: 'B', coverImageUrl: 'ftp://x/y' }, ['coverImageUrl']],
    [{ title: 'T', body: 'B', coverImageUrl: 'https://bank.example@evil.example/' }, ['coverImageUrl']],
    [{ title: '\u200b', body: 'B' }, ['title']],
    [{ title: '\u202eevil', body: 'B' }, ['title']],
    [{ title: 'T', body: `[a]: http://x/${'b'.repeat(3000)}\n\n${'[a]'.repeat(500)}` }, ['body']],
    [[], ['body']],
  ])('%j is a 400 that names each field', async (body, paths) => {
    const answer = await service.post('/api/v1/posts', { as: ada, body });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'request.invalid', requestId: answer.headers.get('x-request-id') });
    expect(answer.body.errors.map((error: { path: string }) => error.path).sort()).toEqual(paths);
  });

  test('needs a token, and the role of an author', async () => {
    const body = { title: 'T', body: 'B' };
    expect((await service.post('/api/v1/posts', { body })).status).toBe(401);
    const forged = { id: '', authorization: 'Bearer x.y.z' };
    expect((await service.post('/api/v1/posts', { body, as: forged })).status).toBe(401);
    expect((await service.post('/api/v1/posts', { body, as: await service.someone('reader') })).status).toBe(403);
  });
});

describe('Idempotency-Key', () => {
  const ask = (key: string, title: string, as = ada) =>
    service.post('/api/v1/posts', { as, body: { title, body: 'B' }, headers: { 'idempotency-key': key } });

  test('of twenty at once one creates; each other is a replay or told to wait', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('race', 'Once')));
    const created = answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotent-replayed'));
    expect(created).toHaveLength(1);
    for (const { status, body, headers } of answers) {
      if (status === 201) expect(body).toEqual(created[0]!.body);
      else expect(body.code).toBe('request.idempotency-key-in-flight');
      if (status === 201) expect(headers.get('location')).toBe(created[0]!.headers.get('location'));
    }
    const drafts = await service.get('/api/v1/posts?state=draft&limit=100', { as: ada });
    expect(drafts.body.items.filter((post: { title: string }) => post.title === 'Once')).toHaveLength(1);
  });

  test('replays the first answer to the same caller and body only', async () => {
    const first = await ask('again', 'First');
    await service.delete(path(first.body.slug), { as: ada });
    const replayed = await ask('again', 'First');
    expect([replayed.status, replayed.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(replayed.body).toEqual(first.body);
    expect(replayed.headers.get('etag')).toBe(first.headers.get('etag'));
    expect((await ask('again', 'Second')).body).toMatchObject({ status: 422, code: 'request.idempotency-key-reused' });
    expect((await ask('again', 'First', bob)).body.authorId).toBe(bob.id);
  });

  test('a request that failed may be tried again under its key', async () => {
    const headers = { 'idempotency-key': 'failed-first' };
    expect((await service.post('/api/v1/posts', { as: ada, body: { title: '' }, headers })).status).toBe(400);
    expect((await service.post('/api/v1/posts', { as: ada, body: { title: 'T', body: 'B' }, headers })).status).toBe(
      201,
    );
    expect((await ask('bad key', 'T')).body.errors[0].path).toBe('Idempotency-Key');
  });
});

describe('the HTTP of it', () => {
  const send = (method: string, url: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(service.url + url, { method, headers: { authorization: ada.authorization, ...headers }, body });

  test.each([
    ['malformed JSON', 'POST', '/api/v1/posts', 'application/json', '{', 400],
    ['a body that is not there', 'POST', '/api/v1/posts', 'application/json', undefined, 400],
    ['another type', 'POST', '/api/v1/posts', 'text/plain', 'x', 415],
    ['a form', 'POST', '/api/v1/posts', 'application/x-www-form-urlencoded', 'title=T&body=B', 415],
    ['too large a body', 'POST', '/api/v1/posts', 'application/json', `{"body":"${'x'.repeat(1_100_000)}"}`, 413],
    ['an unknown path', 'GET', '/api/v1/nothing', 'application/json', undefined, 404],
    ['a bad escape', 'GET', '/api/v1/posts/%zz', 'application/json', undefined, 400],
    ['a null byte', 'GET', '/api/v1/posts/a%00b', 'application/json', undefined, 400],
  ])('%s is problem details', async (_what, method, url, type, body, status) => {
    const answer = await send(method, url, method === 'GET' ? {} : { 'content-type': type }, body);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, requestId: answer.headers.get('x-request-id') });
    expect(answer.status).toBe(status);
  });

  test('a method that a path does not know is a 405 with Allow', async () => {
    const answer = await send('PUT', '/api/v1/posts/x');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'DELETE, GET, HEAD, PATCH']);
  });
});

describe('reading', () => {
  test("somebody else's draft is a 404", async () => {
    const { slug, etag } = await create('Secret');
    expect((await service.get(path(slug), { as: ada })).status).toBe(200);
    expect((await service.get(path(slug), { as: bob })).body).toMatchObject({
      status: 404,
      code: 'blog.post-not-found',
    });
    expect((await service.get(path(slug))).status).toBe(404);
    const headers = { 'if-match': etag };
    expect((await service.patch(path(slug), { as: bob, body: { title: 'Mine' }, headers })).status).toBe(404);
    expect((await service.get(path(slug), { as: await service.someone('admin') })).status).toBe(200);
  });

  test('If-None-Match answers 304, also for a weak tag in a list', async () => {
    const { slug, etag } = await create('Cached');
    const ask = (tag: string) => service.get(path(slug), { as: ada, headers: { 'if-none-match': tag } });
    expect([(await ask(etag)).status, (await ask(`"x", W/${etag}`)).status, (await ask('"x"')).status]).toEqual([
      304, 304, 200,
    ]);
  });

  test('pages by keyset, without skipping or repeating while posts are added', async () => {
    for (const title of ['One', 'Two', 'Three']) await publish(title);
    const titles = ({ items }: { items: { title: string }[] }) => items.map(({ title }) => title);
    const first = await service.get('/api/v1/posts?limit=2');
    expect(titles(first.body)).toEqual(['Three', 'Two']);
    await publish('Four');
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('link')!)![1]!;
    const second = await service.get(next);
    expect(titles(second.body)).toEqual(['One']);
    expect(second.body.nextCursor).toBeNull();
    expect(second.body.items[0]).not.toHaveProperty('body');
  });

  test('a list shows only what its reader may see', async () => {
    const mine = await create('Only mine', bob);
    const slugs = async (as?: Someone) =>
      (await service.get(`/api/v1/posts?state=draft&authorId=${bob.id}&limit=100`, { as })).body.items.map(
        (post: Made) => post.slug,
      );
    expect(await slugs(bob)).toContain(mine.slug);
    expect(await slugs(await service.someone('admin'))).toContain(mine.slug);
    expect(await slugs(ada)).toEqual([]);
    expect(await slugs()).toEqual([]);
  });

  test.each(['cursor=forged', 'limit=0', 'limit=x', 'limit=1&limit=2', 'colour=red', 'state=x', 'authorId=1'])(
    '?%s is a 400',
    async (query) => {
      const answer = await service.get(`/api/v1/posts?${query}`);
      expect(answer.body.errors).toEqual([{ path: query.split('=')[0], message: expect.any(String) }]);
    },
  );
});

describe('updating', () => {
  const patch = (slug: string, body: object, etag?: string, as = ada) =>
    service.patch(path(slug), { as, body, headers: etag ? { 'if-match': etag } : {} });

  test('of twenty editors that saw the same version exactly one wins', async () => {
    const { slug, etag } = await create('Contested');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => patch(slug, { title: `Editor ${n}` }, etag)),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    const winner = answers.find((answer) => answer.status === 200)!;
    expect((await service.get(path(winner.body.slug), { as: ada })).body).toEqual(winner.body);
  });

  test('a title brings a new slug; the old one answers 301 for ever', async () => {
    const { slug, etag } = await publish('Old name');
    const renamed = await patch(slug, { title: 'New náme' }, etag);
    expect(renamed.body.slug).toBe('new-name');
    const again = await patch('new-name', { title: 'Newest' }, renamed.headers.get('etag')!);
    for (const old of ['old-name', 'new-name']) {
      const moved = await service.get(path(old));
      expect([moved.status, moved.headers.get('location')]).toEqual([301, '/api/v1/posts/newest']);
    }
    expect((await publish('Old name')).slug).toBe('old-name-2');
    expect(again.body.version).toBe(4);
  });

  test('null clears, absent leaves alone', async () => {
    const { slug, etag } = await create('Patched');
    const short = await patch(slug, { excerpt: 'Short' }, etag);
    expect(short.body).toMatchObject({ title: 'Patched', excerpt: 'Short' });
    const cleared = await patch(slug, { excerpt: null }, short.headers.get('etag')!);
    expect(cleared.body).toMatchObject({ title: 'Patched', excerpt: 'Body', version: 3 });
    expect((await patch(slug, { title: null }, '*')).body.errors[0].path).toBe('title');
  });

  test.each([
    ['publish', 'POST', '/publish'],
    ['unpublish', 'POST', '/unpublish'],
    ['delete', 'DELETE', ''],
  ])('a stale If-Match refuses to %s', async (_name, method, suffix) => {
    const { slug } = await publish('Seen too long ago');
    const ask = method === 'POST' ? service.post : service.delete;
    const answer = await ask(path(slug) + suffix, { as: ada, headers: { 'if-match': '"1-x"' } });
    expect(answer.body).toMatchObject({ status: 412, code: 'request.stale' });
  });

  test('refusals come in order: 401, 400, 404, 403, 428, 412', async () => {
    const { slug } = await publish('In order');
    expect((await service.patch(path(slug), { body: {} })).status).toBe(401);
    expect((await patch(slug, { title: '' }, undefined, bob)).status).toBe(400);
    expect((await patch('nowhere', { title: 'T' })).status).toBe(404);
    expect((await patch(slug, { title: 'T' }, undefined, bob)).body.code).toBe('blog.not-your-post');
    expect((await patch(slug, { title: 'T' })).status).toBe(428);
    expect((await patch(slug, { title: 'T' }, '"1-x"')).status).toBe(412);
    expect((await patch(slug, { title: 'T' }, 'W/"2-x"')).status).toBe(412);
    expect((await patch(slug, { title: 'T' }, 'nonsense')).body.errors[0].path).toBe('If-Match');
    expect((await patch(slug, { title: 'T' }, '"1-x", "2-x"')).status).toBe(200);
  });
});

describe('publishing', () => {
  const move = (slug: string, verb: string, body?: object, as = ada) =>
    service.post(`${path(slug)}/${verb}`, { as, body });

  test('appears for everybody, and disappears', async () => {
    const { slug } = await create('Now');
    expect((await move(slug, 'publish')).body).toMatchObject({ state: 'published', publishedAt: expect.any(String) });
    expect((await service.get(path(slug))).status).toBe(200);
    expect((await move(slug, 'publish')).body).toMatchObject({ status: 409, code: 'blog.post-state-conflict' });
    expect((await move(slug, 'unpublish')).body.state).toBe('archived');
    expect((await service.get(path(slug))).status).toBe(404);
  });

  test('of ten at once one publishes', async () => {
    const { slug } = await create('Ten');
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => move(slug, 'publish')))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  });

  test('a scheduled post appears by itself, on time', async () => {
    const { slug } = await create('Later');
    const at = new Date(Date.now() + 700);
    expect((await move(slug, 'publish', { at: at.toISOString() })).body).toMatchObject({
      state: 'scheduled',
      publishAt: at.toISOString(),
    });
    expect((await service.get(path(slug))).status).toBe(404);
    const post = await eventually(async () => {
      const answer = await service.get(path(slug));
      expect(answer.status).toBe(200);
      return answer.body;
    });
    expect(Date.parse(post.publishedAt)).toBeGreaterThanOrEqual(at.getTime());
    expect(post).toMatchObject({ state: 'published', publishAt: null });
  });

  test.each([{ at: '2020-01-01T00:00:00Z' }, { at: 'tomorrow' }, { at: null }])('%j is a 400', async (body) => {
    const { slug } = await create('Never');
    expect((await move(slug, 'publish', body)).body.errors[0].path).toBe('at');
  });
});

describe('deleting', () => {
  test('takes the post with its slugs, once', async () => {
    const { slug } = await publish('Short-lived');
    expect((await service.delete(path(slug), { as: bob })).status).toBe(403);
    const statuses = await Promise.all(Array.from({ length: 5 }, () => service.delete(path(slug), { as: ada })));
    expect(statuses.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404, 404]);
    expect((await publish('Short-lived')).slug).toBe(slug);
  });
});

describe('GraphQL', () => {
  const query = async (text: string, as?: Someone) =>
    (await service.post('/graphql', { as, body: { query: text } })).body;

  test('is a second door to the same queries', async () => {
    const { slug, id } = await create('Graph');
    const { data } = await query(
      `{ post(slug: "${slug}") { id title excerpt version createdAt } posts(first: 1) { edges { node { slug } } } }`,
      ada,
    );
    expect(data.post).toEqual({
      id,
      title: 'Graph',
      excerpt: 'Body',
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(data.posts.edges).toHaveLength(1);
  });

  test('validates as the REST door does', async () => {
    const { errors } = await query('{ posts(first: 1000) { pageInfo { endCursor } } }');
    expect(errors[0].extensions).toMatchObject({ code: 'request.invalid', errors: [{ path: 'first' }] });
  });

  test('keeps the codes of the errors', async () => {
    const { errors } = await query('{ post(slug: "nowhere") { id } }');
    expect(errors[0].extensions.code).toBe('blog.post-not-found');
  });
});
