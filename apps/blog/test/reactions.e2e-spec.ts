import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient, orThrow } from '@cairn/client';
import { startService, untilAnswered, type RunningService, type Someone } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, readers: Someone[];

beforeAll(async () => {
  service = await startService(blog);
  ada = await service.someone('author');
  readers = await Promise.all(Array.from({ length: 25 }, () => service.someone('reader')));
});
afterAll(() => service.stop());

/** The client that others use, for what only has to succeed. */
const clientOf = (someone: Someone) =>
  createClient({ origin: service.url, token: someone.authorization.replace('Bearer ', '') });
const publish = async (): Promise<string> => {
  const api = clientOf(ada);
  const { slug } = await orThrow(api.POST('/api/v1/posts', { body: { title: 'Liked', body: 'Body' } }));
  await orThrow(api.POST('/api/v1/posts/{slug}/publish', { params: { path: { slug } } }));
  return slug;
};
const path = (slug: string) => `/api/v1/posts/${slug}/like`;
const like = (slug: string, as?: Someone) => untilAnswered(() => service.put(path(slug), { as }));
const unlike = (slug: string, as?: Someone) => untilAnswered(() => service.delete(path(slug), { as }));
const likeOf = (slug: string, as: Someone) =>
  orThrow(clientOf(as).GET('/api/v1/posts/{slug}/like', { params: { path: { slug } } }));

describe('a like', () => {
  test('is one per user, however often it is given and taken', async () => {
    const slug = await publish();
    const [bob, eve] = readers as [Someone, Someone];
    expect((await like(slug, bob)).body).toEqual({ liked: true, likeCount: 1 });
    expect((await like(slug, bob)).body).toEqual({ liked: true, likeCount: 1 });
    expect(await likeOf(slug, eve)).toEqual({ liked: false, likeCount: 1 });
    expect((await unlike(slug, eve)).body).toEqual({ liked: false, likeCount: 1 });
    expect((await unlike(slug, bob)).body).toEqual({ liked: false, likeCount: 0 });
    expect((await unlike(slug, bob)).body).toEqual({ liked: false, likeCount: 0 });
  });

  test('needs a token, and a post that is published', async () => {
    const slug = await publish();
    expect((await like(slug)).status).toBe(401);
    await service.post(`/api/v1/posts/${slug}/unpublish`, { as: ada });
    expect((await like(slug, readers[0])).status).toBe(404);
    expect((await like(slug, ada)).body.code).toBe('blog.post-not-published');
    expect((await service.get(path(slug), { as: readers[0] })).status).toBe(404);
  });

  test('leaves the version of the post alone, and goes with the post', async () => {
    const slug = await publish();
    const before = (await service.get(`/api/v1/posts/${slug}`)).body;
    await like(slug, ada);
    expect((await service.get(`/api/v1/posts/${slug}`)).body).toEqual({ ...before, likeCount: 1 });
    expect((await service.delete(`/api/v1/posts/${slug}`, { as: ada })).status).toBe(204);
  });
});

describe('at once', () => {
  test('fifty likes and unlikes leave the number of those who like it', async () => {
    const slug = await publish();
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(readers.flatMap((reader) => [like(slug, reader), unlike(slug, reader)]));
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      const likes = await Promise.all(readers.map((reader) => likeOf(slug, reader)));
      const { likeCount } = (await service.get(`/api/v1/posts/${slug}`)).body;
      expect(likeCount).toBe(likes.filter(({ liked }) => liked).length);
    }
  });

  test('fifty likes of one user are one', async () => {
    const slug = await publish();
    await Promise.all(Array.from({ length: 50 }, () => like(slug, readers[0])));
    expect(await likeOf(slug, readers[0]!)).toEqual({ liked: true, likeCount: 1 });
    await Promise.all(Array.from({ length: 50 }, () => unlike(slug, readers[0])));
    expect(await likeOf(slug, readers[0]!)).toEqual({ liked: false, likeCount: 0 });
  });

  test('who likes a post without a pause does not keep it from being taken down', async () => {
    const slug = await publish();
    let going = true;
    let done = 0;
    const likers = readers.map(async (reader) => {
      for (; going; done++) await like(slug, reader);
    });
    while (done < 3 * readers.length) await like(slug, ada);
    const { status } = await service.post(`/api/v1/posts/${slug}/unpublish`, { as: ada });
    going = false;
    await Promise.all(likers);
    expect(status).toBe(200);
  });

  test('a row that stays locked is given up on before the connections of all others wait for it', async () => {
    const slug = await publish();
    const database = service.app.get(DataSource, { strict: false });
    const holder = database.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT FROM post_counts FOR UPDATE');
    const wait = database.query('SELECT FROM post_counts FOR UPDATE');
    const once = service.put(path(slug), { as: ada });
    const [answer] = await Promise.all([once, expect(wait).rejects.toMatchObject({ code: '55P03' })]);
    await holder.rollbackTransaction();
    await holder.release();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await like(slug, ada)).status).toBe(200);
  });
});

test('GraphQL is a second door', async () => {
  const slug = await publish();
  const ask = async (query: string, as?: Someone) => (await service.post('/graphql', { as, body: { query } })).body;
  const { data } = await ask(`mutation { likePost(slug: "${slug}") { liked likeCount } }`, ada);
  expect(data.likePost).toEqual({ liked: true, likeCount: 1 });
  const undone = await ask(`mutation { unlikePost(slug: "${slug}") { liked likeCount } }`, ada);
  expect(undone.data.unlikePost).toEqual({ liked: false, likeCount: 0 });
  expect((await ask(`mutation { likePost(slug: "${slug}") { liked } }`)).errors[0].extensions.status).toBe(401);
});
