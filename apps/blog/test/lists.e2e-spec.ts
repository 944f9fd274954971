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

const path = (slug: string) => `/api/v1/posts/${encodeURIComponent(slug)}`;
const create = async (content: object, as = ada) => {
  const { status, body } = await service.post('/api/v1/posts', { as, body: { body: 'Body', ...content } });
  expect(status).toBe(201);
  return body;
};
const publish = async (content: object, as = ada) => {
  const { slug } = await create(content, as);
  return (await service.post(`${path(slug)}/publish`, { as })).body;
};

describe('tags', () => {
  const counts = async () =>
    Object.fromEntries(
      (await service.get('/api/v1/tags?limit=100')).body.items.map((each: { tag: string; posts: number }) => [
        each.tag,
        each.posts,
      ]),
    );

  test('are normalised, and counted while the post is published', async () => {
    const draft = await create({ title: 'Tagged', tags: ['Fire', 'fire ', 'Machine Learning'] });
    expect(draft.tags).toEqual(['fire', 'machine-learning']);
    expect(await counts()).not.toHaveProperty('fire');
    await service.post(`${path(draft.slug)}/publish`, { as: ada });
    expect(await counts()).toMatchObject({ fire: 1, 'machine-learning': 1 });
    const headers = { 'if-match': '*' };
    const edited = await service.patch(path(draft.slug), { as: ada, body: { tags: ['fire', 'smoke'] }, headers });
    expect(edited.body.tags).toEqual(['fire', 'smoke']);
    expect(await counts()).toMatchObject({ fire: 1, smoke: 1 });
    expect(await counts()).not.toHaveProperty('machine-learning');
    await service.delete(path(draft.slug), { as: ada });
    expect(await counts()).not.toHaveProperty('fire');
  });

  test('page by count, then by name', async () => {
    await publish({ title: 'T1', tags: ['common', 'apple', 'pear'] });
    await publish({ title: 'T2', tags: ['common'] });
    const first = await service.get('/api/v1/tags?limit=2');
    expect(first.body.items).toEqual([
      { tag: 'common', posts: 2 },
      { tag: 'apple', posts: 1 },
    ]);
    const second = await service.get(`/api/v1/tags?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toEqual({ items: [{ tag: 'pear', posts: 1 }], nextCursor: null });
    expect((await service.get('/api/v1/tags?cursor=x')).body.errors[0].path).toBe('cursor');
  });

  test('a wrong one is a 400 that names it', async () => {
    const tags = ['fine', 'c++', 'x'.repeat(33)];
    const answer = await service.post('/api/v1/posts', { as: bob, body: { title: 'T', body: 'B', tags } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual(['tags.1', 'tags.2']);
  });
});
